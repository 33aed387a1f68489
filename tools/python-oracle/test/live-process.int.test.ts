import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { startPushgateway } from '@quay-observability/testkit';
import { startLiveProcess } from '../src/live-process.ts';
import type { Step } from '../src/workload.ts';

const REQUEST: Step = {
  metric: 'quay_request_duration_seconds',
  action: 'observe',
  labels: { method: 'GET', route: 'v2.list_all_tags', status: '200', namespace_name: 'other' },
  value: 0.8,
};
const pushgateway = await startPushgateway();
after(() => pushgateway.stop());

const read = async (url: string): Promise<string> => (await fetch(`${url}/metrics`)).text();

test('a process that is scraped goes on counting, and spells bounds as floats', async () => {
  const python = await startLiveProcess('registry-metrics');
  const url = python.url ?? assert.fail('it is not scraped');
  await python.doSteps([REQUEST]);
  assert.match(await read(url), /_bucket\{le="1\.0",.*\} 1\.0$/m);
  await python.doSteps([REQUEST, REQUEST]);
  assert.match(await read(url), /_bucket\{le="1\.0",.*\} 3\.0$/m);
  await python.stop();
  await assert.rejects(read(url));
});

test('a process that pushes stays in the Pushgateway when it has ended, with bounds spelt as Go does', async () => {
  const python = await startLiveProcess('registry-metrics', { pushgatewayUrl: pushgateway.url });
  assert.equal(python.url, undefined);
  await python.doSteps([REQUEST, REQUEST]);
  await python.stop();
  assert.match(await read(pushgateway.url), /_bucket\{.*le="1"\} 2$/m);
});
