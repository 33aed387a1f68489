import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CATALOGUE, PYTHON_ONLY_METRICS, type MetricDefinition } from '@quay-observability/metric-catalogue';
import { assertNoDifferences } from './assert-no-differences.ts';
import { checkCatalogue } from '../src/check-catalogue.ts';
import { pythonDeclarations, type PythonMetric } from '../src/python-runtime.ts';
import { PYTHON_CLIENTS } from '../src/stored-runtimes.ts';

const catalogue: Readonly<Record<string, MetricDefinition>> = CATALOGUE;

for (const client of PYTHON_CLIENTS) {
  test(`the catalogue holds what Python declares (prometheus_client ${client})`, async () => {
    const declarations = await pythonDeclarations(client);
    // The 20 of the plan and the 8 companions that move.
    assert.equal(declarations.length, 28);
    assertNoDifferences(checkCatalogue(declarations, catalogue));
  });
}

function soundDefinition({ declared, type, help, labels, buckets, apps }: PythonMetric): MetricDefinition {
  const kind = type as MetricDefinition['type'];
  return {
    declared,
    type: kind,
    help,
    labels,
    buckets,
    apps,
    milestone: 'M0',
    origin: 'python',
    source: 'Python',
  };
}

test('each kind of slip in the catalogue is noticed, and named', async (t) => {
  const declarations = await pythonDeclarations('quay');
  const pulls = 'quay_registry_image_pulls_total';
  const results = 'quay_secscan_result_duration_seconds';
  const iterations = 'quay_gc_iterations_total';
  // Not the catalogue itself: a slip there must fail the test above, and only that.
  const sound = Object.fromEntries(declarations.map((metric) => [metric.wire, soundDefinition(metric)]));
  const { [iterations]: counter, ...withoutIterations } = sound;
  const changed = (name: string, change: Partial<MetricDefinition>) => ({
    ...sound,
    [name]: { ...sound[name]!, ...change },
  });
  const slips: [string, Readonly<Record<string, MetricDefinition>>, string[]][] = [
    [
      'a dropped label',
      changed(pulls, { labels: ['protocol', 'status'] }),
      [`${pulls}: labels: "protocol, ref, status" in Python, "protocol, status" in the catalogue`],
    ],
    [
      'a changed bucket',
      changed(results, { buckets: [60, 300] }),
      [`${results}: buckets: "60 300 600 900 1200 1500 1800 2100 2400" in Python, "60 300" in the catalogue`],
    ],
    [
      'a changed HELP',
      changed(pulls, { help: 'pulls' }),
      [
        `${pulls}: HELP: "number of images that have been downloaded via the registry" in Python, "pulls" in the catalogue`,
      ],
    ],
    [
      'another type',
      changed(iterations, { type: 'gauge' }),
      [`${iterations}: type: "counter" in Python, "gauge" in the catalogue`],
    ],
    [
      'another app',
      changed(iterations, { apps: ['api-health'] }),
      [`${iterations}: apps: "gc-worker" in Python, "api-health" in the catalogue`],
    ],
    [
      'a counter without _total',
      { ...withoutIterations, quay_gc_iterations: counter! },
      [
        `${iterations}: is missing in the catalogue`,
        'quay_gc_iterations: is said to come from Python, which exposes no such name',
      ],
    ],
  ];
  for (const [what, slipped, expected] of slips) {
    await t.test(what, () => {
      assert.deepEqual(
        checkCatalogue(declarations, slipped).map(({ message }) => message),
        expected,
      );
    });
  }
});

test('no new metric takes a name of Python, nor one that a series of Python has', async () => {
  const declarations = await pythonDeclarations('quay');
  const families = [
    ...PYTHON_ONLY_METRICS,
    ...declarations.flatMap(({ wire, declared }) => [wire, declared]),
  ];
  const taken = new Set<string>(
    families.flatMap((name) => ['', '_bucket', '_sum', '_count', '_created'].map((part) => name + part)),
  );
  const fresh = Object.entries(catalogue).filter(([, { origin }]) => origin === 'plan' || origin === 'own');
  assert.ok(fresh.length > 5);
  assert.deepEqual(
    fresh.map(([name]) => name).filter((name) => taken.has(name)),
    [],
  );
});
