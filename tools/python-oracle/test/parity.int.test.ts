import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertNoDifferences } from './assert-no-differences.ts';
import { checkParity } from '../src/check-parity.ts';
import { compareRuntimes } from '../src/compare-runtimes.ts';
import {
  COMPARED_APPS,
  PYTHON_CLIENTS,
  storeRuntimes,
  type Alteration,
  type StoredRuntimes,
} from '../src/stored-runtimes.ts';

const pulls = 'quay_registry_image_pulls_total';
const iterations = 'quay_gc_iterations_total';
const requests = 'quay_request_duration_seconds';

/** What must not get past the comparison: expositions altered on their way to Prometheus, and what is said of them. */
const slips: (Alteration & { expected: string[] })[] = [
  {
    name: 'dropped-label',
    app: 'registry-metrics',
    alter: (text) => text.replace(/(quay_registry_image_pulls_total\{.*)ref="[^"]*",/g, '$1'),
    expected: [`${pulls}: label \`ref\` is missing in the new runtime`],
  },
  {
    name: 'renamed-label',
    app: 'registry-metrics',
    alter: (text) => text.replaceAll(',ref="', ',reference="'),
    expected: [
      `${pulls}: label \`ref\` is missing in the new runtime`,
      `${pulls}: label \`reference\` is not in Python`,
    ],
  },
  {
    name: 'changed-bucket',
    app: 'registry-metrics',
    alter: (text) => text.replace(/(quay_request_duration_seconds_bucket.*le=)"7.5"/g, '$1"8.5"'),
    expected: [
      `${requests}: bucket le="7.5" is missing in the new runtime`,
      `${requests}: bucket le="8.5" is not in Python`,
    ],
  },
  {
    name: 'counter-without-total',
    app: 'gc-worker',
    alter: (text) => text.replaceAll(iterations, 'quay_gc_iterations'),
    expected: [`${iterations}: is missing in the new runtime, which calls it quay_gc_iterations`],
  },
  {
    name: 'counter-under-both-names',
    app: 'gc-worker',
    alter: (text) => `${text}# TYPE quay_gc_iterations counter\nquay_gc_iterations{runtime="go"} 99\n`,
    expected: [`${iterations}: is exposed as quay_gc_iterations too: sums over both would double`],
  },
  {
    name: 'changed-help',
    app: 'gc-worker',
    alter: (text) => text.replace('number of iterations by the GCWorker', 'Iterations.'),
    expected: [
      `${iterations}: HELP is "number of iterations by the GCWorker" in Python, "Iterations." in the new runtime`,
    ],
  },
  {
    name: 'changed-type',
    app: 'globalstats-worker',
    alter: (text) =>
      text.replace('# TYPE quay_org_mirrors_total gauge', '# TYPE quay_org_mirrors_total counter'),
    expected: ['quay_org_mirrors_total: is a gauge in Python, a counter in the new runtime'],
  },
  {
    name: 'missing-metric',
    app: 'globalstats-worker',
    alter: (text) => text.replace(/^.*quay_user_rows.*\n/gm, ''),
    expected: ['quay_user_rows: is missing in the new runtime'],
  },
  {
    name: 'wrong-value',
    app: 'globalstats-worker',
    alter: (text) => text.replace('} 890', '} 891'),
    expected: ['quay_user_rows: quay_user_rows is 890 in Python, 891 in the new runtime'],
  },
  {
    name: 'no-runtime-label',
    app: 'globalstats-worker',
    alter: (text) => text.replace('quay_user_rows{runtime="go"}', 'quay_user_rows'),
    expected: ['quay_user_rows: label `runtime` is none instead of go in the new runtime'],
  },
];

const openMetrics: Alteration = {
  name: 'openmetrics',
  app: 'registry-metrics',
  openMetrics: true,
  alter: (text) => text,
};

let stored: StoredRuntimes;
let stop = () => Promise.resolve();
before(async () => {
  stored = await storeRuntimes([...slips, openMetrics]);
  stop = () => stored.stop();
});
after(() => stop());

test('Prometheus stores the same of both runtimes, for every app and both prometheus_clients', async () => {
  const rows = await checkParity(stored);
  assert.equal(rows.length, COMPARED_APPS.length * PYTHON_CLIENTS.length);
  assertNoDifferences(rows.flatMap(({ differences }) => differences));
});

for (const { name, app, expected } of slips) {
  test(`the comparison notices, the real way: ${name}`, async () => {
    for (const client of PYTHON_CLIENTS) {
      const differences = compareRuntimes(await stored.python(client, app), await stored.ours(name));
      assert.deepEqual(
        differences.map(({ message }) => message),
        expected,
      );
    }
  });
}

test('OpenMetrics would split the histograms of the two runtimes, which is why text is the default', async () => {
  const differences = compareRuntimes(
    await stored.python('quay', 'registry-metrics'),
    await stored.ours('openmetrics'),
  ).map(({ message }) => message);
  assert.ok(differences.includes(`${requests}: bucket le="1" is missing in the new runtime`));
  assert.ok(differences.includes(`${requests}: bucket le="1.0" is not in Python`));
});
