import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import type { Database } from '@quay-observability/database';
import type { RedisConnection } from '@quay-observability/redis';
import type { NamedPull } from '@quay-observability/registry-counting';
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
  readPullEvents,
  runTracking,
} from './run-tracking.ts';

const NAMES = ['devtable/simple', 'devtable/nested/name', 'buynlarge/orgrepo', `o'reilly/"quo\\ted"`];

let server: Server;
let postgres: PostgresServer;
let redis: RedisConnection;
let database: Database;
let ids: ReadonlyMap<string, number>;

before(async () => {
  [server, postgres] = await Promise.all([startRedis(), startPostgres({ schema: true })]);
  ids = await insertRepositories(postgres, NAMES);
});
beforeEach(async () => {
  redis = connectRedis(server.port);
  database = connectDatabase(postgres.uri);
  await redis.whenReady(5000);
  await redis.client.flushdb();
});
afterEach(() => Promise.all([redis.close(), database.close()]));
after(() => Promise.all([server.stop(), postgres.stop()]));

const pull = (change: Partial<NamedPull> = {}): NamedPull => ({
  repository: 'devtable/simple',
  tag: 'latest',
  digest: digestOf('a'),
  unixSeconds: AT,
  ...change,
});
const idOf = (repository: string): number => ids.get(repository) ?? assert.fail(repository);

test('pulls by tag and digest of several repositories become the hashes of the contract', async () => {
  const tracking = runTracking({ redis, database });
  for (let round = 0; round < 3; round += 1)
    for (const repository of NAMES) tracking.track(pull({ repository, unixSeconds: AT + round }));
  tracking.track(pull({ tag: undefined }));
  await tracking.close(5000);
  const expected = Object.fromEntries([
    ...NAMES.map((repository) => [
      `pull_events:repo:${idOf(repository)}:tag:latest:${digestOf('a')}`,
      {
        repository_id: String(idOf(repository)),
        tag_name: 'latest',
        manifest_digest: digestOf('a'),
        pull_count: 3,
        last_pull_timestamp: String(AT + 2),
        pull_method: 'tag',
      },
    ]),
    [
      `pull_events:repo:${idOf('devtable/simple')}:digest:${digestOf('a')}`,
      {
        repository_id: String(idOf('devtable/simple')),
        tag_name: '',
        manifest_digest: digestOf('a'),
        pull_count: 1,
        last_pull_timestamp: String(AT),
        pull_method: 'digest',
      },
    ],
  ]) as unknown;
  assert.deepEqual(await readPullEvents(redis), expected);
  assert.deepEqual(tracking.outcomes, { tracked: 13 });
  assert.deepEqual(tracking.lines, []);
});

test('10,000 pulls of four repositories cost one question to the database and few round trips', async () => {
  const queries: number[] = [];
  const counting: Pick<Database, 'read'> = {
    read: (work, options) => {
      queries.push(1);
      return database.read(work, options);
    },
  };
  const tracking = runTracking({ redis, database: counting });
  for (let count = 0; count < 10_000; count += 1) tracking.track(pull({ repository: NAMES[count % 4]! }));
  assert.equal(tracking.pending(), 10_000);
  await tracking.settled();
  assert.equal(queries.length, 1);
  assert.deepEqual(tracking.outcomes, { tracked: 10_000 });
  assert.equal(await countInRedis(redis), 10_000);
  assert.equal(tracking.batches(), 100);
  tracking.track(pull());
  await tracking.settled();
  assert.deepEqual([queries.length, tracking.cache], [1, { hits: 1, misses: 10_000 }]);
  await tracking.close(1000);
});

test('what cannot be tracked is counted by its reason, and said once', async () => {
  const tracking = runTracking({ redis, database });
  for (let round = 0; round < 2; round += 1) {
    tracking.track(pull({ repository: 'devtable/absent' }));
    tracking.track(pull({ repository: 'simple' }));
    tracking.track(pull({ digest: '' }));
    tracking.track(pull({ digest: 'latest' }));
    tracking.track(pull({ repository: 'devtable/simple\0' }));
    tracking.track(pull());
    await tracking.settled();
  }
  await redis.client.set(
    `pull_events:repo:${idOf('devtable/simple')}:tag:broken:${digestOf('a')}`,
    'no hash',
  );
  tracking.track(pull({ tag: 'broken' }));
  await tracking.close(5000);
  assert.deepEqual(tracking.outcomes, {
    unknown_repository: 4,
    no_digest: 2,
    invalid: 4,
    refused: 1,
    tracked: 2,
  });
  assert.equal(new Set(tracking.lines.slice(0, 4)).size, 4, 'each reason once at first');
  tracking.track(pull());
  assert.equal(outcomeOf(tracking, 'shutdown'), 1);
});

test('a repository that appears is found once its absence has grown old', async () => {
  const tracking = runTracking({ redis, database, limits: { absentTtlMs: 200 } });
  tracking.track(pull({ repository: 'devtable/late' }));
  await tracking.settled();
  const later = await insertRepositories(postgres, ['devtable/late']);
  await waitUntil('the repository to be found', async () => {
    tracking.track(pull({ repository: 'devtable/late' }));
    await tracking.settled();
    return (tracking.outcomes.tracked ?? 0) > 0;
  });
  await tracking.close(1000);
  assert.deepEqual(
    Object.values(await readPullEvents(redis)).map(({ repository_id }) => repository_id),
    [String(later.get('devtable/late'))],
  );
});

test('a full queue drops with a count and one line, and what was taken over is tracked', async () => {
  const tracking = runTracking({ redis, database, maxPending: 100 });
  for (let count = 0; count < 250; count += 1) tracking.track(pull());
  assert.deepEqual(tracking.outcomes, { queue_full: 150 });
  assert.deepEqual(tracking.lines, ['Pulls are not tracked: the queue is full.']);
  await tracking.settled();
  assert.deepEqual(tracking.outcomes, { queue_full: 150, tracked: 100 });
  assert.equal(await countInRedis(redis), 100);
  await tracking.close(1000);
});

test('a Redis that forgets its scripts is told them again, and no pull is lost or counted twice', async () => {
  const tracking = runTracking({ redis, database });
  for (let round = 0; round < 20; round += 1) {
    for (let count = 0; count < 150; count += 1)
      tracking.track(pull({ tag: count % 2 === 0 ? 'a' : undefined }));
    await redis.client.script('FLUSH');
  }
  await tracking.close(5000);
  assert.deepEqual(tracking.outcomes, { tracked: 3000 });
  assert.equal(await countInRedis(redis), 3000);
});

test('a repository that a replica does not have yet is found on the primary', async () => {
  const replica = await startPostgres({ schema: true });
  const both = connectDatabase(postgres.uri, replica.uri);
  try {
    const tracking = runTracking({ redis, database: both, hasReplicas: true });
    tracking.track(pull());
    tracking.track(pull({ repository: 'devtable/absent' }));
    await tracking.close(5000);
    assert.deepEqual(tracking.outcomes, { tracked: 1, unknown_repository: 1 });
  } finally {
    await both.close();
    await replica.stop();
  }
});
