import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareRuntimes } from '../src/compare-runtimes.ts';
import type { Family, RuntimeView } from '../src/runtime-view.ts';

const pulls: Family = {
  type: 'counter',
  help: 'pulls',
  samples: [
    {
      name: 'quay_pulls_total',
      labels: { ref: 'tag', runtime: 'python', job: 'quay', process_name: 'x', host: 'h', pid: '1' },
      value: '2',
    },
  ],
};
const seconds: Family = {
  type: 'histogram',
  help: 'seconds',
  samples: ['1', '+Inf'].map((le) => ({
    name: 'quay_seconds_bucket',
    labels: { le, runtime: 'python' },
    value: '3',
  })),
};

function view(families: Record<string, Family>): RuntimeView {
  return new Map(Object.entries(families));
}

/** The same family as the new runtime exposes it, changed as told. */
function ours(
  family: Family,
  change: (labels: Record<string, string>) => Record<string, string> = (labels) => labels,
): Family {
  const samples = family.samples.map((sample) => ({
    ...sample,
    labels: change({
      ...without(sample.labels, ['job', 'process_name', 'host', 'pid']),
      runtime: 'go',
      instance: 'i',
    }),
  }));
  return { ...family, samples };
}

function without(labels: Readonly<Record<string, string>>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !names.includes(name)));
}

function messages(python: Record<string, Family>, other: Record<string, Family>): string[] {
  return compareRuntimes(view(python), view(other)).map(({ message }) => message);
}

test('labels of origin and the value of the runtime label make no difference', () => {
  assert.deepEqual(
    messages(
      { quay_pulls_total: pulls, quay_seconds: seconds },
      { quay_pulls_total: ours(pulls), quay_seconds: ours(seconds) },
    ),
    [],
  );
});

test('what only the new runtime has is its own affair', () => {
  assert.deepEqual(messages({}, { quay_http_requests_total: ours(pulls) }), []);
});

test('a missing metric', () => {
  assert.deepEqual(messages({ quay_pulls_total: pulls }, {}), [
    'quay_pulls_total: is missing in the new runtime',
  ]);
});

test('a counter without _total is named', () => {
  assert.deepEqual(messages({ quay_pulls_total: pulls }, { quay_pulls: ours(pulls) }), [
    'quay_pulls_total: is missing in the new runtime, which calls it quay_pulls',
  ]);
});

test('a second name for the same counter', () => {
  assert.deepEqual(
    messages({ quay_pulls_total: pulls }, { quay_pulls_total: ours(pulls), quay_pulls: ours(pulls) }),
    ['quay_pulls_total: is exposed as quay_pulls too: sums over both would double'],
  );
});

test('another type and another HELP', () => {
  assert.deepEqual(
    messages(
      { quay_pulls_total: pulls },
      { quay_pulls_total: { ...ours(pulls), type: 'gauge', help: 'Pulls' } },
    ),
    [
      'quay_pulls_total: is a counter in Python, a gauge in the new runtime',
      'quay_pulls_total: HELP is "pulls" in Python, "Pulls" in the new runtime',
    ],
  );
});

test('a renamed label is named once, not once per child', () => {
  const renamed = ours(pulls, ({ ref = '', ...labels }) => ({ ...labels, reference: ref }));
  assert.deepEqual(messages({ quay_pulls_total: pulls }, { quay_pulls_total: renamed }), [
    'quay_pulls_total: label `ref` is missing in the new runtime',
    'quay_pulls_total: label `reference` is not in Python',
  ]);
});

test('bounds are compared as Prometheus stored them', () => {
  const floats = ours(seconds, (labels) => ({ ...labels, le: labels.le === '1' ? '1.0' : '+Inf' }));
  assert.deepEqual(messages({ quay_seconds: seconds }, { quay_seconds: floats }), [
    'quay_seconds: bucket le="1" is missing in the new runtime',
    'quay_seconds: bucket le="1.0" is not in Python',
  ]);
});

test('other values and other children', () => {
  const other: Family = {
    ...pulls,
    samples: [
      { name: 'quay_pulls_total', labels: { ref: 'tag', runtime: 'go' }, value: '3' },
      { name: 'quay_pulls_total', labels: { ref: 'manifest', runtime: 'go' }, value: '1' },
    ],
  };
  assert.deepEqual(messages({ quay_pulls_total: pulls }, { quay_pulls_total: other }), [
    'quay_pulls_total: quay_pulls_total{ref="tag"} is 2 in Python, 3 in the new runtime',
    'quay_pulls_total: quay_pulls_total{ref="manifest"} is not in Python',
  ]);
});

test('a child that the new runtime starts at zero is no difference, one that it lacks is', () => {
  const zero = { name: 'quay_pulls_total', labels: { ref: 'manifest', runtime: 'go' }, value: '0' };
  assert.deepEqual(
    messages({ quay_pulls_total: pulls }, { quay_pulls_total: { ...pulls, samples: [zero] } }),
    ['quay_pulls_total: quay_pulls_total{ref="tag"} is missing in the new runtime'],
  );
});

test('a sample without the runtime label', () => {
  const bare = ours(pulls, (labels) => without(labels, ['runtime']));
  assert.deepEqual(messages({ quay_pulls_total: pulls }, { quay_pulls_total: bare }), [
    'quay_pulls_total: label `runtime` is none instead of go in the new runtime',
  ]);
});

test('samples that differ in nothing but their origin', () => {
  const doubled = {
    ...pulls,
    samples: [...ours(pulls).samples, ...ours(pulls, (labels) => ({ ...labels, instance: 'j' })).samples],
  };
  assert.deepEqual(messages({ quay_pulls_total: pulls }, { quay_pulls_total: doubled }), [
    'quay_pulls_total: has samples that only their origin tells apart',
  ]);
});
