import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import {
  startRedis,
  temporaryFolder,
  waitUntil,
  type RunningApp,
  type Server,
} from '@quay-observability/testkit';
import { published } from './snapshots.ts';
import { ANN, call, metric, runController, setPull, versionOf } from './run-controller.ts';

const STATE = { SWITCH_STATE_DIR: temporaryFolder('switch-state') };

let redis: Server;
let app: RunningApp;
before(async () => {
  redis = await startRedis();
  app = await runController(redis, STATE);
});
after(async () => {
  await app.stop();
  await redis.stop();
});

async function trouble(): Promise<string> {
  return (await fetch(`${app.adminUrl}/readyz?verbose`)).text();
}

test('with Redis away everything can be read, a change is a 503 that names Redis, and it recovers', async () => {
  const version = await versionOf(app);
  assert.equal((await setPull(app, version, 'go')).status, 200);
  await redis.kill();
  await waitUntil('the trouble to show', async () => (await trouble()).includes('store degraded'));
  const snapshot = await call(app, '/v1/snapshot');
  assert.deepEqual([snapshot.status, snapshot.json.version], [200, version + 1]);
  for (const path of ['switches', 'processes', 'history', 'nginx-map', 'rates'])
    assert.equal((await call(app, `/v1/${path}`)).status, 200, path);
  const { headers } = await call(app, '/v1/decision?uri=/v2/a/b/manifests/latest');
  assert.equal(headers['x-quay-owner'], 'go');
  const history = (await call(app, '/v1/history')).json.entries as unknown[];
  assert.equal(history.length, 2);
  const refused = await setPull(app, version + 1, 'python');
  assert.deepEqual([refused.status, refused.json.error.code], [503, 'STORE_UNAVAILABLE']);
  assert.match(refused.json.error.message, /^Redis is needed .*REDIS|Redis 127/);
  assert.equal(await metric(app, 'quay_switch_changes_total{outcome="unavailable"'), 1);
  assert.equal((await fetch(`${app.adminUrl}/readyz`)).status, 200);

  // Nothing persists in this Redis: it comes back empty, and gets back what is served, history included.
  await redis.restart();
  await waitUntil(
    'a change to be possible again',
    async () => (await setPull(app, version + 1, 'python')).status === 200,
  );
  const { json } = await call(app, '/v1/history');
  assert.deepEqual(
    (json.entries as { version: number }[]).map((entry) => entry.version),
    [version + 2, version + 1, version],
  );
  assert.match(app.process.log(), /Redis has lost the owner switches/);
  assert.match(app.process.log(), /The owner switches in Redis are followed again/);
});

test('a restart while Redis is away serves what was published last; so does one with a wiped Redis', async () => {
  const version = await versionOf(app);
  const before = await call(app, '/v1/snapshot');
  await app.stop();
  await redis.kill();
  app = await runController(redis, STATE);
  const restored = await call(app, '/v1/snapshot');
  assert.deepEqual([restored.text, restored.headers.etag], [before.text, before.headers.etag]);
  assert.equal((await setPull(app, version, 'go')).status, 503);
  await redis.restart();
  await waitUntil(
    'a change to be possible again',
    async () => (await setPull(app, version, 'go')).status === 200,
  );
  assert.equal(await versionOf(app), version + 1);
});

test('a start with nothing on disk and Redis away serves nothing, rather than what might be older', async () => {
  await redis.kill();
  const fresh = await runController(redis, { ROUTE_OWNER_CAP_V2_PULL: 'go', SWITCH_SEED_DELAY_SECONDS: '7' });
  try {
    const none = await call(fresh, '/v1/snapshot');
    assert.deepEqual([none.status, none.json.error.code], [503, 'SNAPSHOT_UNAVAILABLE']);
    assert.match(none.json.error.message, /Redis/);
    const { headers } = await call(fresh, '/v1/decision?uri=/v2/a/b/manifests/latest');
    assert.deepEqual([headers['x-quay-owner'], headers['x-quay-owner-source']], ['python', 'fail-closed']);
    assert.equal((await fetch(`${fresh.adminUrl}/readyz`)).status, 503);
    for (const path of ['switches', 'processes', 'nginx-map'])
      assert.equal((await call(fresh, `/v1/${path}`)).status, 503, path);
    await redis.restart();
    // It is empty, but the other replica knows better than the environment of this one.
    await waitUntil('it to be ready', async () => (await fetch(`${fresh.adminUrl}/readyz`)).ok);
    assert.equal((await call(fresh, '/v1/snapshot')).text, (await call(app, '/v1/snapshot')).text);
  } finally {
    await fresh.stop();
  }
});

test('an empty store with nobody who knows better begins with the switches of the environment', async () => {
  const empty = await startRedis();
  const first = await runController(empty, {
    ROUTE_OWNER_CAP_V2_PULL: 'go',
    ROUTE_OWNER_CAP_V2_BLOB: 'gopher',
    ROUTE_CANARY_ORGS: 'acme',
  });
  try {
    const { json } = await call(first, '/v1/snapshot');
    assert.deepEqual(json.owners, { ROUTE_OWNER_CAP_V2_BLOB: 'gopher', ROUTE_OWNER_CAP_V2_PULL: 'go' });
    // The replica that began with them showed and logged nothing of this.
    const { warnings } = (await call(first, '/v1/switches')).json as unknown as { warnings: string[] };
    assert.match(warnings.join(), /ROUTE_OWNER_CAP_V2_BLOB/);
    assert.match(
      first.process.log(),
      /Doubtful owner switches in the environment: .*ROUTE_OWNER_CAP_V2_BLOB/,
    );
    assert.ok(Math.abs(json.version - Date.now() / 1000) < 60, 'unix seconds');
    const { entries } = (await call(first, '/v1/history')).json as unknown as {
      entries: { changes: unknown[] }[];
    };
    assert.equal(entries[0]?.changes.length, 3);
  } finally {
    await first.stop();
    await empty.stop();
  }
});

test('what somebody else wrote into the key is refused, and deleting the key mends it', async () => {
  const version = await versionOf(app);
  await redisCommand('HSET', 'quay_switch:published', 'tag', 'x', 'snapshot', '{"owners":[]}');
  await waitUntil('the trouble to show', async () => /store degraded: .*invalid/.test(await trouble()));
  assert.equal(await versionOf(app), version);
  const refused = await setPull(app, version, 'python');
  assert.equal(refused.status, 503);
  assert.match(refused.json.error.message, /quay_switch:published/);
  await redisCommand('DEL', 'quay_switch:published');
  await waitUntil(
    'a change to be possible again',
    async () => (await setPull(app, version, 'python')).status === 200,
  );
});

test('two publications of one version after a wipe are brought together under a higher one', async () => {
  const { json } = await call(app, '/v1/snapshot');
  const { version } = json;
  const { text, tag } = published({ ...json, owners: { ROUTE_OWNER_CAP_V2_BLOB: 'go' } });
  await redisCommand('HSET', 'quay_switch:published', 'tag', tag, 'snapshot', text);
  const settled = await waitUntil('a higher version', async () => {
    const answer = await call(app, '/v1/snapshot');
    return answer.json.version > version && answer.json;
  });
  assert.deepEqual([settled.version, settled.owners], [version + 1, { ROUTE_OWNER_CAP_V2_BLOB: 'go' }]);
});

test('a Redis that hangs holds up no reader, and a change no longer than its time-out', async () => {
  const version = await versionOf(app);
  redis.signal('SIGSTOP');
  try {
    const began = performance.now();
    assert.equal(await versionOf(app), version);
    assert.equal((await call(app, '/v1/decision?uri=/v2/')).status, 200);
    assert.ok(performance.now() - began < 1000);
    const body = { version, force_python: true };
    const refused = await call(app, '/v1/snapshot', { method: 'PATCH', token: ANN, body });
    assert.equal(refused.status, 503);
    assert.ok(performance.now() - began < 15_000);
  } finally {
    redis.signal('SIGCONT');
  }
  await waitUntil(
    'a change to be possible again',
    async () => (await setPull(app, version, 'go')).status === 200,
  );
});

/** One command, by Redis's own client, which comes with the server. */
async function redisCommand(...command: string[]): Promise<void> {
  await promisify(execFile)('redis-cli', ['-p', String(redis.port), ...command]);
}
