import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import type { Database } from '@quay-observability/database';
import type { RedisConnection } from '@quay-observability/redis';
import {
  insertRepositories,
  startPostgres,
  startRedis,
  waitUntil,
  type PostgresServer,
  type Server,
} from '@quay-observability/testkit';
import {
  AT,
  connectDatabase,
  connectRedis,
  countInRedis,
  digestOf,
  outcomeOf,
  runTracking,
  sumOf,
} from './run-tracking.ts';

const PULL = { repository: 'devtable/simple', tag: 'latest', digest: digestOf('a'), unixSeconds: AT };

let server: Server;
let postgres: PostgresServer;
let redis: RedisConnection;
let database: Database;

before(async () => {
  [server, postgres] = await Promise.all([startRedis({ persistent: true }), startPostgres({ schema: true })]);
  await insertRepositories(postgres, ['devtable/simple']);
});
beforeEach(async () => {
  redis = connectRedis(server.port, 500);
  database = connectDatabase(postgres.uri);
  await redis.whenReady(5000);
  await redis.client.flushdb();
});
afterEach(() => Promise.all([redis.close(0), database.close()]));
after(() => Promise.all([server.stop(), postgres.stop()]));

test('Redis away: pulls are tried three times and then dropped with a count; back again, they are tracked', async () => {
  const tracking = runTracking({ redis, database });
  tracking.track(PULL);
  await tracking.settled();
  await server.kill();
  await waitUntil('the loss to be noticed', () => redis.state() !== 'ready');
  for (let count = 0; count < 700; count += 1) tracking.track(PULL);
  await tracking.settled();
  assert.deepEqual(tracking.outcomes, { tracked: 1, redis_unavailable: 700 });
  assert.deepEqual(tracking.lines, ['Pulls are not tracked: Redis cannot be reached.']);
  await server.restart();
  await redis.whenReady(5000);
  for (let count = 0; count < 300; count += 1) tracking.track(PULL);
  await tracking.close(5000);
  assert.deepEqual(tracking.outcomes, { tracked: 301, redis_unavailable: 700 });
  assert.equal(await countInRedis(redis), 301);
});

test('pulls of a short absence of Redis are tracked, once', async () => {
  const tracking = runTracking({ redis, database, limits: { pauseMs: 3000 } });
  await server.kill();
  await waitUntil('the loss to be noticed', () => redis.state() !== 'ready');
  for (let count = 0; count < 700; count += 1) tracking.track(PULL);
  await server.restart();
  await tracking.settled();
  assert.deepEqual(tracking.outcomes, { tracked: 700 });
  assert.equal(await countInRedis(redis), 700);
  await tracking.close(1000);
});

test('Redis hangs: what it was sent is of unknown fate and never sent again; every pull has one outcome', async () => {
  const tracking = runTracking({ redis, database });
  tracking.track(PULL);
  await tracking.settled();
  server.signal('SIGSTOP');
  let offered = 1;
  try {
    for (let round = 0; round < 15; round += 1, offered += 100) {
      for (let count = 0; count < 100; count += 1) tracking.track(PULL);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  } finally {
    server.signal('SIGCONT');
  }
  await tracking.settled();
  await waitUntil('an answer', () => redis.ping(1000).then(() => true));
  for (let count = 0; count < 100; count += 1, offered += 1) tracking.track(PULL);
  await tracking.close(5000);
  const { tracked = 0, unanswered = 0 } = tracking.outcomes;
  assert.equal(sumOf(tracking.outcomes), offered);
  assert.ok(unanswered > 0 && tracked >= 101, JSON.stringify(tracking.outcomes));
  const counted = await countInRedis(redis);
  assert.ok(
    counted >= tracked && counted <= tracked + unanswered,
    `${counted}, ${JSON.stringify(tracking.outcomes)}`,
  );
});

test('the database away: unknown ids are asked for three times and dropped, known ones are used on', async () => {
  const tracking = runTracking({ redis, database, limits: { idTtlMs: 1 } });
  tracking.track(PULL);
  await tracking.settled();
  await postgres.kill();
  try {
    for (let count = 0; count < 50; count += 1) {
      tracking.track(PULL);
      tracking.track({ ...PULL, repository: `devtable/other-${count % 5}` });
    }
    await tracking.settled();
    assert.deepEqual(tracking.outcomes, { tracked: 51, database_unavailable: 50 });
    assert.deepEqual(tracking.lines, [
      'Pulls are not tracked: the database does not tell the id of their repository.',
    ]);
  } finally {
    await postgres.restart();
  }
  await waitUntil('the database to answer', () => database.ping(1000).then(() => true));
  tracking.track({ ...PULL, repository: 'devtable/other-1' });
  await tracking.close(5000);
  assert.equal(outcomeOf(tracking, 'unknown_repository'), 1);
});

test('the end: what is taken over is written, and what cannot be within the time is counted', async () => {
  const quick = runTracking({ redis, database });
  for (let count = 0; count < 5000; count += 1) quick.track(PULL);
  await quick.close(10_000);
  assert.deepEqual(quick.outcomes, { tracked: 5000 });
  assert.equal(await countInRedis(redis), 5000);

  const slow = runTracking({ redis, database });
  slow.track(PULL);
  await slow.settled();
  server.signal('SIGSTOP');
  try {
    for (let count = 0; count < 1000; count += 1) slow.track(PULL);
    await slow.close(100);
    assert.deepEqual(slow.outcomes, { tracked: 1, unanswered: 500, shutdown: 500 });
    assert.equal(slow.pending(), 0);
    assert.ok(slow.lines.includes('Pulls are not tracked: they were left when the app stopped.'));
  } finally {
    server.signal('SIGCONT');
  }
});
