import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { freePort, startRedis, waitUntil, type Server } from '@quay-observability/testkit';
import { spawnLogged } from './spawn-logged.ts';

const FIXTURE = join(import.meta.dirname, 'fixtures/app.ts');
const REDIS = 'redis-user-events-redis';

const children: ChildProcess[] = [];
let redis: Server;
before(async () => {
  redis = await startRedis();
});
after(async () => {
  for (const child of children) child.kill('SIGKILL');
  await redis.stop();
});

/** Without a database, so that one required check fails from the beginning. */
async function startApp(env: Record<string, string> = {}) {
  const port = await freePort();
  const app = spawnLogged(FIXTURE, {
    USER_EVENTS_REDIS: JSON.stringify({ host: '127.0.0.1', port: redis.port }),
    ADMIN_PORT: String(port),
    HEALTH_CHECK_SECONDS: '1',
    ...env,
  });
  children.push(app.child);
  const ask = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    return { status: response.status, text: await response.text(), headers: response.headers };
  };
  const up = async (check: string) => {
    const { text } = await ask('/metrics');
    return new RegExp(`^quay_health_check_up\\{check="${check}",runtime="go"\\} (\\d)$`, 'm').exec(text)?.[1];
  };
  const answers = (what: string, path: string, status: number) =>
    waitUntil(what, async () => {
      const answer = await ask(path);
      return answer.status === status && answer;
    });
  const isUp = () =>
    waitUntil('the app to be up', () => app.lines.some(({ message }) => message === 'gc-worker is up.'));
  return { ...app, ask, up, answers, isUp };
}

test('each probe answers for itself: as a whole, without some checks, and one check alone', async () => {
  const app = await startApp();
  await app.isUp();
  const ready = await app.answers('Redis', `/readyz/${REDIS}`, 200);
  assert.equal(ready.text, 'ok\n');
  assert.equal(ready.headers.get('cache-control'), 'no-store');
  const whole = await app.ask('/readyz');
  assert.equal(whole.status, 503);
  assert.match(
    whole.text,
    /^\[-\]database failed: DB_URI is neither .*\n\[\+\]redis .* ok\nreadyz check failed\n$/,
  );
  assert.deepEqual((await app.ask('/readyz?exclude=database')).text, 'ok\n');
  assert.equal((await app.ask(`/readyz?exclude=database&exclude=${REDIS}`)).status, 200);
  assert.equal((await app.ask('/readyz/database')).status, 503);
  assert.equal((await app.ask('/livez?verbose')).text, '[+]event loop ok\nlivez check passed\n');
  assert.equal((await app.ask('/livez/event-loop')).text, 'ok\n');
  assert.equal((await app.ask('/startupz')).text, 'ok\n');
  for (const path of ['/healthz', '/readyz/disk', '/livez/database', '/readyz/database/more', '/startupz/x'])
    assert.equal((await app.ask(path)).status, 404, path);
  assert.equal((await app.ask('/readyz/%')).status, 400);
  assert.ok(!app.lines.some(({ levelname }) => levelname === 'ERROR'));

  assert.equal(await app.up('database'), '0');
  assert.equal(await app.up('redis \\(USER_EVENTS_REDIS\\)'), '1');
  await waitUntil('the check of the loop', async () => (await app.up('event loop')) === '1');
  assert.match(
    (await app.ask('/metrics')).text,
    /^quay_health_check_duration_seconds_count\{check="database",runtime="go"\} [1-9]/m,
  );
});

test('a failure counts when it has come so often in a row as is configured', async () => {
  const app = await startApp({ HEALTH_FAILURE_THRESHOLD: '3', HEALTH_CHECK_SECONDS: '3600' });
  await app.isUp();
  await app.answers('Redis', `/readyz/${REDIS}`, 200);
  redis.signal('SIGSTOP');
  const seen = new Set<string>();
  await waitUntil('the verdict', async () => {
    const { status, text } = await app.ask(`/readyz/${REDIS}?verbose`);
    seen.add(/failed \d of \d times/.exec(text)?.[0] ?? String(status));
    return status === 503;
  });
  redis.signal('SIGCONT');
  assert.deepEqual(
    [...seen].filter((text) => text !== '200'),
    ['failed 1 of 3 times', 'failed 2 of 3 times', '503'],
  );
  await app.answers('one good run to be enough', `/readyz/${REDIS}`, 200);
});

test('startupz fails until the app has started, and never again', async () => {
  const app = await startApp({ BEHAVIOUR: 'slow-start' });
  const starting = await waitUntil('the admin listener', () => app.ask('/startupz'));
  assert.equal(starting.status, 503);
  assert.equal(starting.text, '[-]startup failed: the app is starting\nstartupz check failed\n');
  assert.equal((await app.ask('/livez')).status, 200);
  await app.answers('the start', '/startupz', 200);
});

test('startupz stays well while the app stops, and readyz does not', async () => {
  const app = await startApp({ SHUTDOWN_DELAY_SECONDS: '2', SHUTDOWN_GRACE_SECONDS: '20' });
  await app.isUp();
  app.child.kill('SIGTERM');
  await app.answers('the stop', '/readyz/shutdown', 503);
  assert.equal((await app.ask('/startupz')).status, 200);
  assert.equal(await app.ended, 0);
});

test('a secret in what a dependency says reaches neither a probe nor the log', async () => {
  const app = await startApp({ BEHAVIOUR: 'leaky' });
  await app.isUp();
  const { text } = await app.answers('the check', '/readyz/leaky', 503);
  assert.match(
    text,
    /^\[!\]leaky degraded: no answer from https:\/\/.*clair\.example\/ \[\+\]database ok\n$/,
  );
  const whole = await app.ask('/readyz?verbose');
  assert.ok(!`${text}${whole.text}${(await app.ask('/metrics')).text}`.includes('hunter2'));
  assert.ok(!JSON.stringify(app.lines).includes('hunter2'));
});

test('a process whose event loop is blocked is not live', async () => {
  const app = await startApp({ BEHAVIOUR: 'blocked', HEALTH_LOOP_LAG_SECONDS: '0.7' });
  const { text } = await app.answers('the block', '/livez', 503);
  assert.match(
    text,
    /^\[-\]event loop failed: \d+ ms late, at most 700 ms are allowed\nlivez check failed\n$/,
  );
});

test('faulty settings are named', async () => {
  const app = await startApp({ HEALTH_FAILURE_THRESHOLD: '0', HEALTH_LOOP_LAG_SECONDS: 'x' });
  assert.equal(await app.ended, 78);
  for (const name of ['HEALTH_FAILURE_THRESHOLD', 'HEALTH_LOOP_LAG_SECONDS'])
    assert.ok(JSON.stringify(app.lines).includes(name), name);
});
