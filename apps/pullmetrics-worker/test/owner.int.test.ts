import assert from 'node:assert/strict';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import {
  freePort,
  startApp,
  startPostgres,
  startRedis,
  temporaryFolder,
  waitUntil,
  type PostgresServer,
  type RunningApp,
  type Server,
} from '@quay-observability/testkit';
import { createPullLoad, type PullLoad } from './pull-load.ts';
import { createFlusher } from './run-flusher.ts';
import { REDIS_DB, startPythonFlusher } from './python-flusher.ts';

const folder = join(import.meta.dirname, '..');
const switches = join(temporaryFolder('switches'), 'switches.json');
/** For a machine that does much else. */
const SLOW = { timeoutMs: 60_000 };
let version = 0;

let postgres: PostgresServer;
let redis: Server;
let app: RunningApp;
let load: PullLoad;
before(async () => {
  [postgres, redis] = await Promise.all([startPostgres({ schema: true }), startRedis()]);
  load = await createPullLoad(postgres, redis.port, { perRound: 50, pauseMs: 20 });
  give('off');
  app = await start();
});
after(async () => {
  await load.stop();
  await Promise.all([app.stop(), load.close()]);
  await Promise.all([postgres.stop(), redis.stop()]);
});

function start(env: Record<string, string> = {}): Promise<RunningApp> {
  return startApp(folder, {
    DB_URI: postgres.uri,
    PULL_METRICS_REDIS: JSON.stringify({ host: '127.0.0.1', port: redis.port, db: REDIS_DB }),
    FEATURE_IMAGE_PULL_STATS: 'true',
    REDIS_FLUSH_INTERVAL_SECONDS: '1',
    REDIS_FLUSH_WORKER_BATCH_SIZE: '100',
    PULL_FLUSH_TAKE_OVER_SECONDS: '1',
    SWITCH_SOURCE: 'file',
    SWITCH_FILE: switches,
    SWITCH_STATE_DIR: temporaryFolder('switch-state'),
    SWITCH_POLL_MIN_SECONDS: '1',
    SWITCH_POLL_MAX_SECONDS: '1',
    ...env,
  });
}

/** Publishes a snapshot, as an operator does. */
function give(owner: 'python' | 'go' | 'off'): void {
  version += 1;
  const owners = { WORKER_OWNER_PULLSTATSREDISFLUSHWORKER: owner };
  writeFileSync(`${switches}.new`, JSON.stringify({ version, updated_at: new Date().toISOString(), owners }));
  renameSync(`${switches}.new`, switches);
}

const metrics = async () => (await fetch(`${app.adminUrl}/metrics`)).text();
async function sample(name: string): Promise<number> {
  const line = (await metrics()).split('\n').find((each) => each.startsWith(name));
  return Number(line?.split(' ').at(-1));
}
const runs = (isRunning: boolean) =>
  waitUntil(
    isRunning ? 'work' : 'no work',
    async () => {
      const running = await sample('quay_worker_running{');
      const followed = await sample('quay_switch_snapshot_version{');
      return followed === version && running === (isRunning ? 1 : 0);
    },
    SLOW,
  );
/** Without those of the schedule, which is in the same database. */
const pullKeys = async () =>
  (await load.redis.client.keys('*')).filter((key) => !key.startsWith('{quay-observability}:')).sort();
const isEmpty = () => waitUntil('a Redis without pulls', async () => (await pullKeys()).length === 0, SLOW);

test('off, go, python, go under load: it works while it is the owner, Python otherwise, and the totals are exact', async () => {
  load.start();
  for (const owner of ['go', 'off', 'go', 'python', 'go'] as const) {
    give(owner);
    await runs(owner === 'go');
    if (owner !== 'go') {
      // Nothing is taken from Redis for longer than an interval, and nothing is left claimed.
      const flushed = await sample('quay_pull_flush_pulls_total');
      const { length } = await pullKeys();
      await pause(1500);
      assert.ok((await pullKeys()).length >= length);
      assert.deepEqual(await load.redis.client.keys('pull_flush:*'), []);
      if (owner === 'python') {
        const python = await startPythonFlusher(redis.port, postgres.uri);
        const { flushed: byPython, failed } = await python.cycle();
        assert.ok(byPython > 0 && failed === 0);
        await python.stop();
      }
      assert.equal(await sample('quay_pull_flush_pulls_total'), flushed);
    }
    if (owner === 'go') {
      const before = await sample('quay_pull_flush_pulls_total');
      await waitUntil('pulls', async () => (await sample('quay_pull_flush_pulls_total')) > before, SLOW);
    }
  }
  await load.stop();
  await isEmpty();
  await load.assertExact(postgres);
});

test('what it has done is in its metrics', async () => {
  await waitUntil('the last flush', async () => (await sample('quay_pull_flush_lag_seconds')) === 0);
  const text = await metrics();
  const value = (name: string) =>
    Number(
      text
        .split('\n')
        .find((line) => line.startsWith(name))
        ?.split(' ')
        .at(-1),
    );
  const flushed = value('quay_pull_flush_keys_settled_total{outcome="flushed"');
  assert.ok(flushed > 0);
  const handedBack = value('quay_pull_flush_keys_settled_total{outcome="handed_back"');
  assert.equal(value('quay_pull_flush_keys_claimed_total{source="pull"'), flushed + handedBack);
  assert.equal(value('quay_pull_flush_keys_scanned_total'), flushed + handedBack);
  assert.ok(value('quay_pull_flush_last_success_timestamp_seconds') > Date.now() / 1000 - 30);
  assert.ok(value('quay_pull_flush_batch_duration_seconds_count') > 0);
  const labels = 'worker="RedisFlushWorker",operation="_flush_pull_metrics"';
  assert.ok(value(`quay_worker_operation_duration_seconds_count{${labels}`) > 0);
});

test('killed and told to end under load: the next process makes it good, and SIGTERM leaves nothing claimed', async () => {
  load.start();
  await pause(200 + Math.random() * 300);
  app.process.signal('SIGKILL');
  await app.process.exited;
  app = await start();
  await runs(true);
  await load.stop();
  await isEmpty();
  await load.assertExact(postgres);
  load.start();
  await pause(500);
  app.process.signal('SIGTERM');
  const { code } = await app.process.exited;
  assert.equal(code, 0);
  await load.stop();
  assert.equal(await load.redis.client.zcard('pull_flush:batches'), 0);
  app = await start();
  await runs(true);
  await isEmpty();
  await load.assertExact(postgres);
});

test('a batch that a crash has left goes back to where Python finds it, once the owner is python', async () => {
  give('python');
  await runs(false);
  load.start();
  await pause(100);
  await load.stop();
  const keys = await pullKeys();
  const crashed = await createFlusher({ uri: postgres.uri, redisPort: redis.port });
  const { batch } = await crashed.batches.claim('0');
  assert.equal(batch?.events.length, keys.length);
  await waitUntil('the pull events', async () => {
    assert.deepEqual(await pullKeys(), keys);
    return true;
  });
  await crashed.close();
  give('go');
  await runs(true);
  await isEmpty();
  await load.assertExact(postgres);
});

test('of two replicas one flushes at a time, and the other goes on when it is stopped', async (context) => {
  const completed = async (each: RunningApp) => {
    const text = await (await fetch(`${each.adminUrl}/metrics`)).text();
    const line = text
      .split('\n')
      .find((sample) => /^quay_job_runs_total\{[^}]*outcome="completed"/.test(sample));
    return Number(line?.split(' ').at(-1));
  };
  const tokensFile = join(temporaryFolder('tokens'), 'tokens');
  writeFileSync(tokensFile, 'a-token-of-sixteen-and-more');
  const port = await freePort();
  const other = await start({
    JOBS_DASHBOARD: 'true',
    JOBS_DASHBOARD_PORT: String(port),
    JOBS_DASHBOARD_TOKENS_FILE: tokensFile,
  });
  context.after(() => other.stop());
  await waitUntil('the dashboard', async () => {
    const headers = { authorization: 'Bearer a-token-of-sixteen-and-more' };
    const page = await fetch(`http://127.0.0.1:${port}/api/queues`, { headers });
    return (await page.text()).includes('"name":"PULLSTATSREDISFLUSHWORKER"');
  });
  await waitUntil('the other', async () => (await completed(other)) > 0, SLOW);
  const before = (await completed(app)) + (await completed(other));
  const begun = performance.now();
  load.start();
  await pause(4000);
  const runsOfBoth = (await completed(app)) + (await completed(other)) - before;
  const seconds = (performance.now() - begun) / 1000;
  assert.ok(runsOfBoth <= seconds + 2, `${runsOfBoth} flushes in ${seconds} s`);
  await other.stop();
  const soFar = await completed(app);
  await waitUntil('a flush of the one that is left', async () => (await completed(app)) > soFar, SLOW);
  await load.stop();
  await isEmpty();
  await load.assertExact(postgres);
});

test('a Redis that is full, so that no tick can be scheduled in it, is emptied all the same', async () => {
  const { client } = load.redis;
  give('off');
  await runs(false);
  load.start();
  await pause(100);
  await load.stop();
  await client.config('SET', 'maxmemory', '1');
  await assert.rejects(client.set('more', 'x'), /OOM/);
  give('go');
  await runs(true);
  await isEmpty();
  await client.config('SET', 'maxmemory', '0');
  await load.assertExact(postgres);
});

test('without FEATURE_IMAGE_PULL_STATS, or while Quay is read-only, nothing is flushed, as in Python', async () => {
  await app.stop();
  load.start();
  await pause(100);
  await load.stop();
  const { length } = await pullKeys();
  for (const [name, value, reason] of [
    ['FEATURE_IMAGE_PULL_STATS', 'false', 'off'],
    ['REGISTRY_STATE', 'readonly', 'readonly'],
  ] as const) {
    app = await start({ [name]: value });
    await runs(true);
    assert.ok(app.process.log().includes(`No pulls are flushed: ${name} is ${reason}.`));
    await pause(300);
    assert.equal((await pullKeys()).length, length);
    assert.equal((await fetch(`${app.adminUrl}/readyz`)).status, 200);
    await app.stop();
  }
});
