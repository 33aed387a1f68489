import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import {
  startPostgres,
  startRedis,
  waitUntil,
  type PostgresServer,
  type Server,
} from '@quay-observability/testkit';
import { randomNumbers, randomRegistry } from './random-registry.ts';
import { lockTable, waitingForTable } from './lock-table.ts';
import { askRedis } from './ask-redis.ts';
import { createReporter, type Reporter, type ReporterOptions } from './start-reporter.ts';

const KEY = 'lock:GLOBAL_PROM_STATS';

let postgres: PostgresServer;
let redis: Server;
const open: Reporter[] = [];
before(async () => {
  [postgres, redis] = await Promise.all([startPostgres({ schema: true }), startRedis()]);
  await postgres.query(randomRegistry(randomNumbers(7)));
});
after(() => Promise.all([postgres.stop(), redis.stop()]));
afterEach(async () => {
  await Promise.all(open.splice(0).map((reporter) => reporter.close()));
  await askRedis(redis.port, (client) => client.flushall());
});

function reporter(options: Partial<ReporterOptions> = {}): Reporter {
  const created = createReporter({ uri: postgres.uri, redisPort: redis.port, ...options });
  open.push(created);
  return created;
}

const shows = (each: Reporter) =>
  waitUntil('the rows', async () => {
    const rows = await each.rows();
    return Object.keys(rows).length > 0 && rows;
  });
const isLocked = () => askRedis(redis.port, async (client) => (await client.exists(KEY)) === 1);

test('a reporter shows every gauge soon after its start, and none after its stop', async () => {
  const one = reporter();
  assert.deepEqual(await one.rows(), {});
  await one.start();
  const { quay_globalstats_last_success_timestamp_seconds: countedAt, ...rows } = await shows(one);
  assert.ok(Math.abs(Number(countedAt) - Date.now() / 1000) < 10);
  const [expected] = await postgres.query<{ repositories: number }>(
    'SELECT count(*)::int AS repositories FROM repository',
  );
  assert.equal(rows.quay_repository_rows, expected?.repositories);
  assert.deepEqual(Object.keys(rows).sort(), [
    'quay_org_mirrors_enabled',
    'quay_org_mirrors_total',
    'quay_org_rows',
    'quay_repository_rows',
    'quay_robot_rows',
    'quay_user_rows',
  ]);
  assert.ok(await isLocked());
  await one.stop();
  assert.deepEqual(await one.rows(), {});
  assert.ok(!(await isLocked()));
  const text = await one.metrics();
  const labels = 'worker="GlobalPrometheusStatsWorker",operation="_try_report_stats",runtime="go"';
  assert.ok(text.includes(`quay_worker_operation_duration_seconds_count{${labels}} 1`));
  assert.ok(text.includes(`quay_worker_operation_in_progress{${labels}} 0`));
  assert.ok(text.includes('quay_globalstats_runs_total{outcome="reported",runtime="go"} 1'));
});

test('of two replicas one shows rows; the other takes over when it stops', async () => {
  const [one, two] = [reporter(), reporter()];
  await one.start();
  await shows(one);
  await two.start();
  await waitUntil('the second to wait', () => two.messages.join('').includes('this one waits'));
  assert.deepEqual(await two.rows(), {});
  const stopped = performance.now();
  await one.stop();
  await shows(two);
  assert.ok(performance.now() - stopped < 3000, 'it was woken');
  assert.deepEqual(await one.rows(), {});
  await one.start();
  await two.stop();
  await shows(one);
  assert.deepEqual(await two.rows(), {});
});

test('values stay until the next run, which brings new ones', async () => {
  const one = reporter({ intervalMs: 500 });
  await one.start();
  const before = await shows(one);
  await postgres.query(
    `INSERT INTO repository (name, visibility_id, badge_token, kind_id, trust_enabled, state) VALUES ('one more', 1, '', 1, false, 0)`,
  );
  const rows = await waitUntil('the next run', async () => {
    const now = await one.rows();
    assert.notDeepEqual(now, {});
    return now.quay_repository_rows !== before.quay_repository_rows && now;
  });
  assert.equal(rows.quay_repository_rows, Number(before.quay_repository_rows) + 1);
});

test('a count that fails leaves the last values, is counted, and is made good', async () => {
  const own = await startPostgres({ schema: true });
  const one = reporter({ uri: own.uri, intervalMs: 300 });
  await one.start();
  const before = await shows(one);
  await own.kill();
  await waitUntil('a failure', async () => /outcome="failed",runtime="go"} [1-9]/.test(await one.metrics()));
  const after = await one.rows();
  assert.equal(after.quay_user_rows, before.quay_user_rows);
  assert.match(one.messages.join(''), /A run of GLOBALPROMSTATS failed/);
  await own.restart();
  await waitUntil('a success', async () => {
    const { quay_globalstats_last_success_timestamp_seconds: countedAt } = await one.rows();
    return Number(countedAt) > Number(after.quay_globalstats_last_success_timestamp_seconds);
  });
  await one.stop();
  await own.stop();
});

test('stopping in the middle of a slow count cancels it, gives the lock back and shows nothing', async () => {
  const unlock = await lockTable(postgres, 'robotaccounttoken');
  const one = reporter();
  await one.start();
  await waitUntil('the count', async () => (await waitingForTable(postgres, 'robotaccounttoken')) === 1);
  assert.ok(await isLocked());
  const begun = performance.now();
  await one.stop();
  assert.ok(performance.now() - begun < 2000);
  assert.equal(await waitingForTable(postgres, 'robotaccounttoken'), 0);
  assert.ok(!(await isLocked()));
  await unlock();
  assert.deepEqual(await one.rows(), {});
  assert.match(await one.metrics(), /outcome="cancelled",runtime="go"} 1/);
});

test('stopping is bounded while PostgreSQL is frozen, and the lock is given back', async () => {
  const own = await startPostgres({ schema: true });
  const one = reporter({ uri: own.uri });
  const unlock = await lockTable(own, 'repository');
  await one.start();
  await waitUntil('the count', async () => (await waitingForTable(own, 'repository')) === 1);
  own.signal('SIGSTOP');
  const begun = performance.now();
  await one.stop();
  assert.ok(performance.now() - begun < 5000);
  assert.ok(!(await isLocked()));
  own.signal('SIGCONT');
  await unlock();
  await one.close();
  await own.stop();
});

test('somebody who takes the lock over silences the reporter, which waits for its turn', async () => {
  const one = reporter();
  await one.start();
  await shows(one);
  await askRedis(redis.port, (client) => client.set(KEY, 'of Python', 'EX', 600));
  await waitUntil('silence', async () => Object.keys(await one.rows()).length === 0);
  await waitUntil('the log', () => one.messages.join().includes('was lost'));
  await askRedis(redis.port, (client) =>
    client.multi().del(KEY).lpush('lock-signal:GLOBAL_PROM_STATS', 1).exec(),
  );
  await shows(one);
});

test('without Redis nothing is reported and nothing crashes; with it, work begins', async () => {
  const own = await startRedis();
  await own.kill();
  const one = reporter({ redisPort: own.port });
  await one.start();
  await waitUntil('the log', () => one.messages.join().includes('wait for Redis'));
  assert.deepEqual(await one.rows(), {});
  await own.restart();
  await shows(one);
  await one.stop();
  await own.stop();
});

test('counts come from a replica where there is one, and from the primary when it fails', async () => {
  const replica = await startPostgres({ schema: true });
  await replica.query(
    `INSERT INTO repository (name, visibility_id, badge_token, kind_id, trust_enabled, state) VALUES ('alone', 1, '', 1, false, 0)`,
  );
  const one = reporter({ replicaUris: [replica.uri], intervalMs: 300 });
  await one.start();
  assert.equal((await shows(one)).quay_repository_rows, 1);
  const [primary] = await postgres.query<{ count: number }>('SELECT count(*)::int FROM repository');
  assert.ok(Number(primary?.count) > 1);
  await replica.kill();
  await waitUntil('the primary', async () => (await one.rows()).quay_repository_rows === primary?.count);
  assert.match(await one.metrics(), /outcome="failed",runtime="go"} 0/);
  await one.close();
  await replica.stop();
});
