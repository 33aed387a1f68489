import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  startRedis,
  temporaryFolder,
  waitUntil,
  type RunningApp,
  type Server,
} from '@quay-observability/testkit';
import { startRedisProxy, type RedisProxy } from './redis-proxy.ts';
import { call, metric, runController, setPull, versionOf } from './run-controller.ts';

const STATE = { SWITCH_STATE_DIR: temporaryFolder('switch-state') };

let redis: Server;
let proxy: RedisProxy;
let app: RunningApp;
before(async () => {
  redis = await startRedis();
  proxy = await startRedisProxy(redis);
  app = await runController(proxy, STATE);
});
after(async () => {
  await app.stop();
  await proxy.stop();
  await redis.stop();
});

async function confirmedAge(headers: Record<string, string> = {}): Promise<[number, number]> {
  const answer = await call(app, '/v1/snapshot', { headers });
  assert.match(answer.headers['x-quay-confirmed-age'] ?? '', /^\d+\.\d{3}$/);
  return [answer.status, Number(answer.headers['x-quay-confirmed-age'])];
}

/** The line of the log with this text, once it is there. */
function logged(text: string): Promise<string> {
  return waitUntil(text, () =>
    app.process
      .log()
      .split('\n')
      .find((line) => line.includes(text)),
  );
}

test('a change whose answer was lost was answered 503 although it took effect, and nobody wrote it down', async () => {
  const version = await versionOf(app);
  proxy.loseNextAnswer();
  const { status, json, headers } = await setPull(app, version, 'go');
  assert.deepEqual([status, json.version], [200, version + 1]);
  assert.equal(headers.etag, (await call(app, '/v1/snapshot')).headers.etag);
  const line = await logged('An owner switch was changed.');
  assert.ok(line.includes('ann') && line.includes(String(version + 1)), line);
  assert.equal(await metric(app, 'quay_switch_changes_total{outcome="published"'), 1);
});

test('a change of which nothing more is heard is a 503 that says so, and is written down as unknown', async () => {
  const version = await versionOf(app);
  proxy.loseNextAnswer({ thenCut: true });
  const { status, json } = await setPull(app, version, 'python');
  assert.deepEqual([status, json.error.code], [503, 'STORE_UNAVAILABLE']);
  assert.equal((json.error as Record<string, unknown>).outcome, 'unknown');
  assert.match(json.error.message, /Whether the change took effect is unknown/);
  const line = await logged('may have been changed');
  assert.ok(line.includes('unknown') && line.includes('ann') && line.includes(String(version + 1)), line);
  assert.equal(await metric(app, 'quay_switch_changes_total{outcome="unavailable"'), 1);

  // Nothing was sent: there is nothing to doubt.
  const later = await setPull(app, version, 'python');
  assert.deepEqual([later.status, later.json.error.message.includes('unknown')], [503, false]);
  proxy.mend();
  await waitUntil('it to turn out that it had', async () => (await versionOf(app)) === version + 1);
});

test('a replica cut off from Redis passed its old snapshot off as fresh', async () => {
  const { headers } = await call(app, '/v1/snapshot');
  const known = { 'if-none-match': headers.etag ?? '' };
  const [, confirmed] = await waitUntil('a read', async () => {
    const answer = await confirmedAge();
    return answer[1] < 1.5 && answer;
  });
  assert.ok(confirmed < 1.5);
  proxy.cut();
  await waitUntil('the age to grow', async () => (await confirmedAge())[1] > 3);
  const [status, age] = await confirmedAge(known);
  assert.equal(status, 304);
  assert.ok(age > 3, String(age));
  const held = await confirmedAge({ ...known, prefer: 'wait=1' });
  assert.deepEqual([held[0], held[1] > age + 1], [304, true]);

  // What comes from disk was true when it was published; nobody knows more.
  const { json } = await call(app, '/v1/snapshot');
  await app.stop();
  app = await runController(proxy, STATE);
  const sinceSeconds = (Date.now() - Date.parse(String(json.updated_at))) / 1000;
  const restored = (await confirmedAge())[1];
  assert.ok(Math.abs(restored - sinceSeconds) < 2, `${restored} of ${sinceSeconds}`);
  proxy.mend();
  await waitUntil('it to be confirmed', async () => (await confirmedAge())[1] < 1.5);
});
