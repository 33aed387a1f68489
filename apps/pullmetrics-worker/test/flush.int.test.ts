import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { runScript } from '@quay-observability/redis';
import { trackPullCall } from '@quay-observability/redis-contracts';
import {
  insertRepositories,
  startPostgres,
  startRedis,
  type PostgresServer,
  type Server,
} from '@quay-observability/testkit';
import { createFlusher, type Flusher, type FlusherOptions } from './run-flusher.ts';
import { clearStatistics, readStatistics } from './statistics.ts';

const AT = 1_750_000_000;
const digestOf = (hex: string) => `sha256:${hex.repeat(64)}`;
const [A, B] = [digestOf('a'), digestOf('b')];

let postgres: PostgresServer;
let redis: Server;
let repository: number;
const open: Flusher[] = [];
before(async () => {
  [postgres, redis] = await Promise.all([startPostgres({ schema: true }), startRedis()]);
  repository = (await insertRepositories(postgres, ['org/app'])).get('org/app')!;
});
after(() => Promise.all([postgres.stop(), redis.stop()]));
afterEach(async () => {
  await Promise.all(open.map((each) => each.redis.flushdb()));
  await clearStatistics(postgres);
  await Promise.all(open.splice(0).map((flusher) => flusher.close()));
});

async function flusher(options: Partial<FlusherOptions> = {}): Promise<Flusher> {
  const created = await createFlusher({ uri: postgres.uri, redisPort: redis.port, ...options });
  open.push(created);
  return created;
}

async function pull(
  { redis: client }: Flusher,
  digest: string,
  {
    tag,
    times = 1,
    at = AT,
    id = repository,
  }: { tag?: string; times?: number; at?: number; id?: number } = {},
): Promise<void> {
  for (let time = 0; time < times; time += 1)
    await runScript(client, trackPullCall({ repositoryId: id, tag, digest }, at));
}

test('pulls by tag and by digest are added up, and nothing is left in Redis', async () => {
  const one = await flusher();
  await pull(one, A, { tag: 'latest', times: 3 });
  await pull(one, A, { tag: 'v1', times: 2, at: AT + 5 });
  await pull(one, A, { times: 4, at: AT + 9 });
  await pull(one, B, { tag: 'latest', at: AT + 60 });
  const report = await one.flush();
  assert.deepEqual(report.errors, []);
  assert.deepEqual([report.scanned, report.claimed, report.flushed, report.pulls], [4, 4, 4, 10n]);
  assert.equal(report.oldestSeconds, AT);
  const row = (name: string, count: number, seconds: number) => [repository, name, String(count), seconds];
  const rows = await readStatistics(postgres);
  const secondsOf = (last: unknown) => Date.parse(`${String(last).replace(' ', 'T')}Z`) / 1000;
  assert.deepEqual(
    rows.tags.map((each) => [
      ...[each.repository_id, each.tag_name, each.tag_pull_count, secondsOf(each.last)],
      each.current_manifest_digest,
    ]),
    [
      [...row('latest', 4, AT + 60), B],
      [...row('v1', 2, AT + 5), A],
    ],
  );
  assert.deepEqual(
    rows.manifests.map((each) => [
      ...[each.repository_id, each.manifest_digest, each.manifest_pull_count, secondsOf(each.last)],
    ]),
    [row(A, 9, AT + 9), row(B, 1, AT + 60)],
  );
  assert.equal(await one.redis.dbsize(), 0);
});

test('later pulls add to the rows; dates and digests move forward only, and no id is used up', async () => {
  const one = await flusher();
  await pull(one, A, { tag: 'latest', at: AT + 100 });
  await one.flush();
  const lastId = async () =>
    (await postgres.query<{ id: string }>(`SELECT last_value AS id FROM manifestpullstatistics_id_seq`))[0]!
      .id;
  const before = await lastId();
  await pull(one, B, { tag: 'latest', times: 2, at: AT + 50 });
  await pull(one, A, { at: AT + 50 });
  await one.flush();
  await pull(one, A, { tag: 'latest', at: AT + 101 });
  await one.flush();
  const { tags, manifests } = await readStatistics(postgres);
  assert.equal(tags.length, 1);
  assert.deepEqual([tags[0]!.tag_pull_count, tags[0]!.current_manifest_digest], ['4', A]);
  assert.deepEqual(
    manifests.map((row) => row.manifest_pull_count),
    ['3', '2'],
  );
  assert.equal(Number(await lastId()), Number(before) + 1, 'one for the row of the other digest');
});

test('a thousand and more keys go in batches, whatever the size', async () => {
  for (const [batchKeys, scanCount] of [
    [1000, 100],
    [50, 10],
    [7, 1000],
  ] as const) {
    const one = await flusher({ batchKeys, scanCount });
    const calls = Array.from({ length: 1500 }, (_, index) =>
      trackPullCall(
        {
          repositoryId: repository,
          tag: index % 3 === 0 ? undefined : `t${index % 40}`,
          digest: digestOf('0').slice(0, -4) + String(index % 500).padStart(4, '0'),
        },
        AT + index,
      ),
    );
    await Promise.all(calls.map((call) => runScript(one.redis, call)));
    const keys = await one.redis.dbsize();
    const report = await one.flush();
    assert.deepEqual([report.errors, report.flushed, report.pulls], [[], keys, 1500n]);
    assert.equal(await one.redis.dbsize(), 0);
  }
});

test('a repository that is gone takes nobody with it', async () => {
  const one = await flusher();
  await pull(one, A, { tag: 'latest' });
  await pull(one, A, { tag: 'latest', id: 999_999 });
  await pull(one, B, { id: 2_147_483_647 });
  const report = await one.flush();
  assert.deepEqual([report.flushed, report.unknownRepository, report.pulls], [1, 2, 1n]);
  assert.match(one.messages.join(''), /repositories that are not in the database are dropped/);
  assert.equal(await one.redis.dbsize(), 0);
});

test('poisoned keys are deleted with a warning, and all others are written', async () => {
  const one = await flusher();
  await pull(one, A, { tag: 'latest' });
  const key = (name: string) => `pull_events:repo:${name}`;
  const fields = {
    repository_id: String(repository),
    tag_name: 'latest',
    manifest_digest: A,
    pull_count: '1',
    last_pull_timestamp: String(AT),
    pull_method: 'tag',
  };
  const broken: Record<string, string>[] = [
    { pull_count: 'many' },
    { pull_count: '-1' },
    { pull_count: '9223372036854775807' },
    { repository_id: '0' },
    { repository_id: '2147483648' },
    { repository_id: '' },
    { last_pull_timestamp: '-1' },
    { last_pull_timestamp: '1.5' },
    { last_pull_timestamp: '1750000000000' },
    { manifest_digest: 'sha256' },
    { manifest_digest: `sha256:${'a'.repeat(300)}` },
    { tag_name: 'x'.repeat(256) },
    { tag_name: 'a\0b' },
  ];
  for (const [index, wrong] of broken.entries())
    await one.redis.hset(key(`b${index}`), { ...fields, ...wrong });
  await one.redis.hset(key('bytes'), { ...fields, tag_name: Buffer.from([0xff, 0xfe]) });
  await one.redis.hset(key('incomplete'), { repository_id: '1' });
  await one.redis.hset(key('other'), { something: 'else' });
  await one.redis.set(key('text'), 'no hash');
  await one.redis.rpush(key('list'), 'no hash');
  await one.redis.hset(key('nothing'), { ...fields, pull_count: '0' });
  await one.redis.set('elsewhere', 'stays');
  const report = await one.flush();
  assert.deepEqual(report.errors, []);
  assert.deepEqual([report.flushed, report.empty, report.invalid], [1, 1, broken.length + 5]);
  assert.match(one.messages.join(''), /Invalid pull events are deleted/);
  assert.deepEqual(await one.redis.keys('*'), ['elsewhere']);
  assert.equal((await readStatistics(postgres)).tags[0]!.tag_pull_count, '1');
});

test('a count that does not fit is refused alone, tags and manifests of all others are written', async () => {
  const one = await flusher();
  await pull(one, A, { tag: 'latest' });
  await one.flush();
  await postgres.query(
    'UPDATE tagpullstatistics SET tag_pull_count = 9223372036854775807 WHERE repository_id = $1',
    [repository],
  );
  await pull(one, A, { tag: 'latest' });
  await pull(one, B, { tag: 'v2', times: 2 });
  const report = await one.flush();
  assert.deepEqual([report.errors, report.flushed, report.refused, report.pulls], [[], 1, 1, 2n]);
  assert.match(one.messages.join(''), /refuses pulls for their values/);
  const { tags, manifests } = await readStatistics(postgres);
  assert.deepEqual(
    [tags.map((row) => row.tag_pull_count), manifests.map((row) => row.manifest_pull_count)],
    [
      ['9223372036854775807', '2'],
      ['2', '2'],
    ],
  );
  assert.equal(await one.redis.dbsize(), 0);
});

test('a time that is not known adds to the count and leaves the date', async () => {
  const one = await flusher();
  await pull(one, A);
  await one.flush();
  await one.redis.hset('pull_events:x', {
    repository_id: String(repository),
    manifest_digest: A,
    pull_count: '5',
    last_pull_timestamp: '0',
  });
  await one.flush();
  const { manifests } = await readStatistics(postgres);
  assert.deepEqual([manifests[0]!.manifest_pull_count, manifests[0]!.last], ['6', '2025-06-15 15:06:40']);
});

test('orphans of Python are read as they are, once they are old and nobody has touched them', async () => {
  const one = await flusher({ pythonOrphanMs: 1500 });
  const name = `pull_events:repo:${repository}:tag:latest:${A}`;
  const claimedAt = (agoMs: number, hex: string) => `${name}:processing:${Date.now() - agoMs}:${hex}`;
  await pull(one, A, { tag: 'latest', times: 3 });
  await one.redis.rename(name, claimedAt(3_600_000, '0a1b2c3d'));
  await pull(one, A, { tag: 'latest', times: 2 });
  await one.redis.rename(name, claimedAt(0, '0a1b2c3e'));
  await pull(one, A, { tag: 'latest' });
  const first = await one.flush();
  // The first was touched just now, the second was claimed just now.
  assert.deepEqual([first.claimed, first.leftToOthers, first.pulls], [1, 2, 1n]);
  assert.equal(await one.redis.dbsize(), 2);
  await new Promise((resolve) => {
    setTimeout(resolve, 3100);
  });
  const second = await one.flush();
  assert.deepEqual([second.claimed, second.pythonOrphans, second.pulls], [2, 2, 5n]);
  assert.equal(await one.redis.dbsize(), 0);
});

test('a batch that nobody can read keeps no other from being flushed', async () => {
  const one = await flusher({ takeOverMs: 1 });
  for (const [index, odd] of [
    { owner: 'x', events: '{broken' },
    { owner: 'x', events: '[]', xid: 'eleven' },
    { owner: 'x', events: '[]' },
    { owner: 'x' },
  ].entries()) {
    await one.redis.hset(`pull_flush:batch:${index}`, odd);
    await one.redis.zadd('pull_flush:batches', 1, String(index));
  }
  await pull(one, A, { tag: 'latest' });
  const report = await one.flush();
  assert.deepEqual([report.errors, report.flushed], [[], 1]);
  assert.deepEqual(
    (await one.redis.keys('*')).sort(),
    [0, 1, 3].map((id) => `pull_flush:batch:${id}`),
  );
  assert.equal(one.messages.filter((line) => line.includes('cannot be read')).length, 3);
});

test('however much one SCAN is to return, a batch is of bounded size', async () => {
  const one = await flusher({ scanCount: 1_000_000, batchKeys: 100 });
  await Promise.all(
    Array.from({ length: 4000 }, (_, index) =>
      runScript(one.redis, trackPullCall({ repositoryId: index + 1, tag: undefined, digest: A }, AT)),
    ),
  );
  const { batch } = await one.batches.claim('0');
  assert.ok(Number(batch?.events.length) < 1500, `${batch?.events.length} keys`);
});

test('a full Redis is emptied', async () => {
  const small = await startRedis();
  const one = await createFlusher({ uri: postgres.uri, redisPort: small.port });
  for (let index = 0; index < 300; index += 1)
    await pull(one, digestOf('c').slice(0, -3) + String(index).padStart(3, '0'));
  await one.redis.config('SET', 'maxmemory', '1');
  await assert.rejects(one.redis.set('more', 'x'), /OOM/);
  const report = await one.flush();
  assert.deepEqual([report.errors, report.flushed], [[], 300]);
  assert.equal(await one.redis.dbsize(), 0);
  await one.close();
  await small.stop();
});
