import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startRegistry, type Server } from '@quay-observability/testkit';
import { BLOB, LAYER, play, SCRIPT } from './registry-script.ts';
import { runRegistryGateway, type RunningRegistryGateway } from './run-registry-gateway.ts';

let registries: Server[];
let gateway: RunningRegistryGateway;

before(async () => {
  registries = [await startRegistry({ deletes: true }), await startRegistry({ deletes: true })];
  gateway = await runRegistryGateway(registries[1]?.url ?? '');
});

after(async () => {
  await gateway.close();
  for (const registry of registries) await registry.stop();
});

test('the same requests get the same answers through the gateway as from the registry itself', async () => {
  const direct = await play(registries[0]?.url ?? '');
  const through = await play(gateway.url);
  SCRIPT.forEach(({ method, path }, index) => {
    assert.deepEqual(through[index], direct[index], `${method} ${path}`);
  });
  const statuses = new Set(direct.map(({ status }) => status.split(' ')[0]));
  for (const status of ['200', '201', '202', '204', '206', '304', '400', '404', '405', '416']) {
    assert.ok(statuses.has(status), `the script provokes a ${status}`);
  }
});

test('a range counts the whole blob, every time', async () => {
  const bytes = 'quay_registry_image_pulled_estimated_bytes_total{protocol="v2"}';
  const downloads = SCRIPT.filter(({ method, path }) => method === 'GET' && path === BLOB);
  assert.equal((await gateway.samples()).get(bytes), downloads.length * LAYER.length);
});
