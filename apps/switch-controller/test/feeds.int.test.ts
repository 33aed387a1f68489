import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger } from '@quay-observability/logging';
import type { RedisConnection } from '@quay-observability/redis';
import { createLastKnownGood, type SwitchSource } from '@quay-observability/service';
import { startRedis, temporaryFolder, waitUntil, type Server } from '@quay-observability/testkit';
import { createBoard } from '../src/board.ts';
import { createFileFeed } from '../src/store/file-feed.ts';
import { createRedisFeed } from '../src/store/redis-feed.ts';
import { createRedisStore } from '../src/store/redis-store.ts';
import { connectRedis } from './connect-redis.ts';
import { published } from './snapshots.ts';

const log = createLogger({ name: 'test', json: true, debug: false });

let redis: Server;
let connection: RedisConnection;
before(async () => {
  redis = await startRedis();
  connection = await connectRedis(redis);
});
after(async () => {
  await connection.close();
  await redis.stop();
});

test('a file that hangs kept the controller from starting; what was read last is served, and one read waits', async () => {
  const folder = join(temporaryFolder('switch-state'), 'published');
  const kept = createLastKnownGood(folder, 'file /dead/switches.yaml', log);
  kept.keep(published().snapshot);
  await kept.settled();
  let polls = 0;
  const hangs = Promise.withResolvers<'unchanged'>();
  const source: SwitchSource = {
    name: 'file /dead/switches.yaml',
    poll: () => {
      polls += 1;
      return hangs.promise;
    },
  };
  const board = createBoard();
  const disk = createLastKnownGood(folder, source.name, log);
  const store = createRedisStore(connection);
  const feed = createFileFeed({ source, board, disk, store, log, readLimitMs: 200 });
  await feed.start();
  assert.equal(board.published()?.snapshot.version, 7);
  assert.match(feed.trouble() ?? '', /no answer in time/);
  assert.equal(feed.confirmedAgeSeconds(), undefined);
  await assert.rejects(feed.refresh(), /has not answered for a while/);
  assert.equal(polls, 1);
  hangs.resolve('unchanged');
  await waitUntil('it to be read again', async () =>
    feed.refresh().then(
      () => true,
      () => false,
    ),
  );
  assert.equal(polls, 2);
  assert.equal(feed.trouble(), undefined);
  await feed.stop();
});

test('a Redis that could not be read meanwhile counted as empty all the time, and got the environment', async () => {
  const board = createBoard();
  const seedDelayMs = 1000;
  const feed = createRedisFeed({
    store: createRedisStore(connection),
    connected: Promise.resolve(),
    board,
    disk: createLastKnownGood(join(temporaryFolder('switch-state'), 'published'), 'Redis', log),
    seed: () => ({ snapshot: published().snapshot, warnings: [] }),
    seedDelayMs,
    log,
  });
  await connection.client.flushall();
  await assert.rejects(feed.refresh(), /Redis is empty/);
  await redis.kill();
  await assert.rejects(feed.refresh());
  await sleep(seedDelayMs);
  await redis.restart();
  await connection.whenReady(5000);
  await assert.rejects(feed.refresh(), /Redis is empty/);
  assert.equal(board.published(), undefined);
  await waitUntil('it to get what begins', () =>
    feed.refresh().then(
      () => true,
      () => false,
    ),
  );
  assert.equal(board.published()?.snapshot.version, 7);
  await feed.stop();
});
