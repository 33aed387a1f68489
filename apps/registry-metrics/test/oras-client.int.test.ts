import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { pythonEnvironment, startRegistry, temporaryFolder } from '@quay-observability/testkit';
import { expectedBytes, expectedPulls, expectedPushes, expectedRequests } from './expected-counts.ts';
import { recordRequests } from './record-requests.ts';
import { runRegistryGateway } from './run-registry-gateway.ts';

const run = promisify(execFile);
const CLIENT = join(import.meta.dirname, '../../../tools/python-oracle/oracle/oras_client.py');

type Told = { pulled: string[]; pushed: string; tags: string[]; errors: Record<string, string> };

test(
  'oras pushes and pulls artifacts, every byte and every count as it should be',
  { timeout: 300_000 },
  async () => {
    const { python } = await pythonEnvironment('clients');
    const registry = await startRegistry();
    const gateway = await runRegistryGateway(registry.url, {
      namespaceBuckets: new Map([['v2', 'registry']]),
    });
    const recorder = await recordRequests(gateway.url);
    try {
      const { stdout } = await run(python, ['-B', CLIENT, recorder.host, temporaryFolder('oras')]);
      const told = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Told;
      assert.deepEqual(told.pulled, Array<string>(6).fill(told.pushed));
      assert.deepEqual(told.tags, ['v1']);
      assert.deepEqual(Object.keys(told.errors), ['devtable/artifact:absent', 'nobody/nothing:v1']);

      const samples = await gateway.samples();
      const counted = (name: string): [string, number][] =>
        [...samples].filter(([key]) => key.startsWith(name)).sort();
      const { recorded } = recorder;
      assert.deepEqual(counted('quay_registry_image_pulls_total'), expectedPulls(recorded));
      assert.deepEqual(counted('quay_registry_image_pushes_total'), expectedPushes(recorded));
      assert.deepEqual(counted('quay_request_duration_seconds_count'), expectedRequests(recorded));
      assert.deepEqual(
        [...counted('quay_registry_image_pulled_estimated_bytes_total')],
        [['quay_registry_image_pulled_estimated_bytes_total{protocol="v2"}', expectedBytes(recorded)]],
      );
      assert.ok(expectedBytes(recorded) >= 6 * 60_000);
    } finally {
      await recorder.close();
      await gateway.close();
      await registry.stop();
    }
  },
);
