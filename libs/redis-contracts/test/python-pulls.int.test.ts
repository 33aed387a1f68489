import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createRedis, runScript, runScripts, type RedisConnection } from '@quay-observability/redis';
import { startRedis, type Server } from '@quay-observability/testkit';
import {
  BAD_TIMESTAMP,
  MISSING_FIELDS,
  parsePullEvent,
  pullEventKey,
  trackPullCall,
  type PulledManifest,
} from '../src/index.ts';
import { startPythonPulls, type PythonPulls } from './python-pulls.ts';

const DB = 1;
const AT = 1_750_000_000;
const digestOf = (hex: string): string => `sha256:${hex.repeat(64)}`;
const BOTH_KINDS: readonly PulledManifest[] = [
  { repositoryId: 7, tag: 'latest', digest: digestOf('a') },
  { repositoryId: 7, tag: undefined, digest: digestOf('a') },
  { repositoryId: 12_345, tag: '_x.Y-z', digest: digestOf('b') },
];

let server: Server;
let python: PythonPulls;
let connection: RedisConnection;

before(async () => {
  server = await startRedis();
  python = await startPythonPulls(server.port, DB);
  connection = createRedis({
    settings: {
      host: '127.0.0.1',
      port: server.port,
      db: DB,
      connectTimeoutMs: 1000,
      commandTimeoutMs: 5000,
    },
    name: 'test',
  });
  await connection.whenReady(5000);
});
after(async () => {
  await connection.close();
  await python.stop();
  await server.stop();
});

const pythonTracks = ({ repositoryId, tag, digest }: PulledManifest, at: number | string): Promise<unknown> =>
  python.ask('track', { repository_id: repositoryId, tag: tag ?? null, digest, timestamp: at });
const weTrack = (pull: PulledManifest, at: number): Promise<unknown> =>
  runScript(connection.client, trackPullCall(pull, at));
const weRead = async (pull: PulledManifest) =>
  parsePullEvent(await connection.client.hgetall(pullEventKey(pull)));

test('whoever writes, both read the same hash, field by field, whoever counts on', async () => {
  for (const pull of BOTH_KINDS) {
    for (const pythonBegins of [true, false]) {
      await connection.client.flushdb();
      const first = pythonBegins ? await pythonTracks(pull, AT) : ['bytes', await weTrack(pull, AT)];
      const second = pythonBegins
        ? ['bytes', await weTrack(pull, AT + 60)]
        : await pythonTracks(pull, AT + 60);
      // A bulk string: redis-py would give a number as `int`, ioredis as a number.
      assert.deepEqual(
        [first, second],
        [
          ['bytes', '1'],
          ['bytes', '2'],
        ],
      );
      const ours = await weRead(pull);
      assert.deepEqual(ours, {
        repository_id: String(pull.repositoryId),
        tag_name: pull.tag ?? '',
        manifest_digest: pull.digest,
        pull_count: 2,
        last_pull_timestamp: String(AT + 60),
        pull_method: pull.tag === undefined ? 'digest' : 'tag',
      });
      assert.deepEqual(await python.ask('read', { key: pullEventKey(pull) }), ours);
      assert.equal(await connection.client.ttl(pullEventKey(pull)), -1, 'no expiry');
      assert.deepEqual(await connection.client.keys('*'), [pullEventKey(pull)], 'and no other key');
    }
  }
});

test('a new key is the same hash, whoever makes it; a missing one is nothing to both', async () => {
  for (const pull of BOTH_KINDS) {
    await connection.client.flushdb();
    assert.equal(await weRead(pull), undefined);
    assert.equal(await python.ask('read', { key: pullEventKey(pull) }), null);
    await pythonTracks(pull, AT);
    const theirs = await connection.client.hgetall(pullEventKey(pull));
    await connection.client.flushdb();
    await weTrack(pull, AT);
    assert.deepEqual(await connection.client.hgetall(pullEventKey(pull)), theirs);
  }
});

test('both refuse the same input in the same words, and write nothing', async () => {
  await connection.client.flushdb();
  const tag = BOTH_KINDS[0]!;
  const digest = BOTH_KINDS[1]!;
  const cases: [string, PulledManifest, string][] = [
    [MISSING_FIELDS, { ...tag, tag: '' }, String(AT)],
    [MISSING_FIELDS, { ...tag, digest: '' }, String(AT)],
    [MISSING_FIELDS, { ...digest, digest: '' }, String(AT)],
    [BAD_TIMESTAMP, tag, '0'],
    [BAD_TIMESTAMP, digest, '-1'],
    [BAD_TIMESTAMP, tag, 'yesterday'],
    [BAD_TIMESTAMP, digest, ''],
  ];
  const withTime = (pull: PulledManifest, at: string) => {
    const call = trackPullCall(pull, AT);
    return { ...call, args: call.args.map((value) => (value === String(AT) ? at : value)) };
  };
  for (const [refusal, pull, at] of cases) {
    const theirs = await pythonTracks(pull, at);
    const [ours] = await runScripts(connection.client, [withTime(pull, at)]);
    assert.deepEqual(theirs, { error: refusal });
    assert.equal(ours?.error?.message.replace(/^ERR /, ''), refusal);
  }
  assert.deepEqual(await connection.client.keys('*'), []);
});

test(
  'both count one key at once, 50,000 pulls by tag and by digest: the sums are exact',
  { timeout: 120_000 },
  async () => {
    await connection.client.flushdb();
    const [byTag, byDigest] = BOTH_KINDS as [PulledManifest, PulledManifest];
    const [theirs, rounds, perRound] = [5000, 400, 100];
    const many = ({ repositoryId, tag, digest }: PulledManifest): Promise<unknown> =>
      python.ask('track_many', {
        count: theirs,
        repository_id: repositoryId,
        tag: tag ?? null,
        digest,
        timestamp: AT,
      });
    const theirWork = many(byTag).then(() => many(byDigest));
    let ours = 0;
    for (let round = 0; round < rounds; round += 1) {
      const pull = round % 2 === 0 ? byTag : byDigest;
      const results = await runScripts(
        connection.client,
        Array.from({ length: perRound }, () => trackPullCall(pull, AT)),
      );
      ours += results.filter(({ error }) => error === undefined).length;
    }
    assert.equal(await theirWork, theirs);
    assert.equal(ours, rounds * perRound);
    const counts = [(await weRead(byTag))?.pull_count, (await weRead(byDigest))?.pull_count];
    assert.deepEqual(counts, [25_000, 25_000]);
  },
);
