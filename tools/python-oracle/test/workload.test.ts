import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CATALOGUE,
  EVERY_APP,
  metricNamesOf,
  type MetricDefinition,
} from '@quay-observability/metric-catalogue';
import { WORKLOAD } from '../src/workload.ts';

for (const app of EVERY_APP) {
  test(`the workload of ${app} touches every metric of Python that the catalogue assigns to it`, () => {
    const touched = new Set<string>(WORKLOAD[app].map(({ metric }) => metric));
    const ofPython = metricNamesOf(app).filter((name) => {
      const { origin }: MetricDefinition = CATALOGUE[name];
      return origin === 'python' || origin === 'companion';
    });
    assert.deepEqual([...touched].sort(), [...ofPython].sort());
  });
}
