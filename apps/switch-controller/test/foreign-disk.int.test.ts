import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startRedis, temporaryFolder, type Server } from '@quay-observability/testkit';
import { call, runController, setPull, versionOf } from './run-controller.ts';

let here: Server;
let elsewhere: Server;
before(async () => {
  [here, elsewhere] = await Promise.all([startRedis(), startRedis()]);
});
after(async () => {
  await Promise.all([here.stop(), elsewhere.stop()]);
});

test('a controller with the disk of another installation overwrote the Redis that it joined', async () => {
  const first = await runController(here);
  await setPull(first, await versionOf(first), 'go');
  const version = await versionOf(first);

  const state = { SWITCH_STATE_DIR: temporaryFolder('switch-state') };
  const foreign = await runController(elsewhere, state);
  // Enough of them to be ahead, whenever the two began.
  for (let count = 0; count < 20; count += 1)
    await setPull(foreign, await versionOf(foreign), count % 2 === 0 ? 'go' : 'python');
  assert.ok((await versionOf(foreign)) > version);
  await foreign.stop();

  const joining = await runController(here, state);
  assert.equal(await versionOf(joining), version);
  assert.equal(await versionOf(first), version);
  const { entries } = (await call(joining, '/v1/history')).json as unknown as { entries: unknown[] };
  assert.equal(entries.length, 2, 'and its history is whole');
  await Promise.all([joining.stop(), first.stop()]);
});

test('a switch that is taken away takes its canary along', async () => {
  const app = await runController(here);
  const patch = async (body: object) =>
    call(app, '/v1/snapshot', {
      method: 'PATCH',
      token: 'ann-has-a-long-token',
      body: { version: await versionOf(app), ...body },
    });
  const name = 'ROUTE_OWNER_CAP_V2_BLOB';
  const given = await patch({
    owners: { [name]: 'go' },
    canaries: { by_switch: { [name]: { percent: 5 } } },
  });
  assert.equal(given.status, 200, given.text);
  const taken = await patch({ owners: { [name]: null } });
  assert.equal(taken.status, 200, taken.text);
  assert.ok(!taken.text.includes(name));
  await app.stop();
});
