import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createRedis, runScript, type RedisConnection } from '@quay-observability/redis';
import { startRedis, type Server } from '@quay-observability/testkit';
import {
  batchKey,
  claimPullsCall,
  handBackBatchCall,
  listBatchesCall,
  readBatches,
  readClaim,
  readTakenOver,
  removeBatchCall,
  sealBatchCall,
  setAsideCall,
  takeOverBatchCall,
  trackPullCall,
  UNREADABLE,
  type Claim,
  type ClaimOptions,
  type ScriptCall,
} from '../src/index.ts';

const AT = 1_750_000_000;
const digest = `sha256:${'ab'.repeat(32)}`;
const KEY = `pull_events:repo:7:tag:latest:${digest}`;

let server: Server;
let connection: RedisConnection;
before(async () => {
  server = await startRedis();
  connection = createRedis({
    settings: { host: '127.0.0.1', port: server.port, db: 1, connectTimeoutMs: 1000, commandTimeoutMs: 5000 },
    name: 'test',
  });
  await connection.whenReady(5000);
});
afterEach(() => connection.client.flushdb());
after(async () => {
  await connection.close();
  await server.stop();
});

const run = (call: ScriptCall) => runScript(connection.client, call);
const pull = (at = AT) => run(trackPullCall({ repositoryId: 7, tag: 'latest', digest }, at));
const claim = async (options: Partial<ClaimOptions> = {}): Promise<Claim> =>
  readClaim(
    await run(
      claimPullsCall({
        cursor: '0',
        scanCount: 100,
        wantedKeys: 1000,
        maxSteps: 100,
        owner: 'one',
        batchId: 'b',
        orphanAfterMs: 0,
        ...options,
      }),
    ),
  );
const batches = async () => readBatches(await run(listBatchesCall()));
const handBack = (owner: string) => run(handBackBatchCall('b', owner, '0a1b2c3d'));

test('a claim moves events, as they are, into one batch; nothing to claim leaves no batch', async () => {
  assert.deepEqual(await claim(), { cursor: '0', scannedKeys: 0, keysLeft: 0, events: [] });
  assert.deepEqual(await batches(), []);
  await pull();
  await pull(AT + 1);
  await connection.client.set('pull_events:odd', 'text');
  await connection.client.set('other', 'stays');
  const { scannedKeys, events } = await claim();
  assert.equal(scannedKeys, 2);
  assert.deepEqual(
    events.toSorted((a, b) => a.key.length - b.key.length),
    [
      { key: 'pull_events:odd', orphaned: false, fields: undefined },
      {
        key: KEY,
        orphaned: false,
        fields: {
          repositoryId: '7',
          tagName: 'latest',
          manifestDigest: digest,
          pullCount: '2',
          lastPullTimestamp: String(AT + 1),
          pullMethod: 'tag',
        },
      },
    ],
  );
  assert.deepEqual((await connection.client.keys('*')).sort(), [
    'other',
    batchKey('b'),
    'pull_flush:batches',
  ]);
  const [found] = await batches();
  assert.deepEqual({ ...found, ageMs: 0 }, { id: 'b', owner: 'one', xid: undefined, ageMs: 0 });
});

test('claims go on where the last one ended, and a sparse keyspace does not hold Redis up', async () => {
  for (let index = 0; index < 500; index += 1) await connection.client.set(`other:${index}`, '');
  for (let index = 0; index < 40; index += 1)
    await run(trackPullCall({ repositoryId: index + 1, tag: undefined, digest }, AT));
  let cursor = '0';
  let steps = 0;
  const keys = new Set<string>();
  do {
    const claimed = await claim({ cursor, scanCount: 10, maxSteps: 2, wantedKeys: 5, batchId: `b${steps}` });
    for (const { key } of claimed.events) keys.add(key);
    ({ cursor } = claimed);
    steps += 1;
  } while (cursor !== '0');
  assert.equal(keys.size, 40);
  assert.ok(steps > 20, `${steps} steps`);
});

test('only the owner can seal, and only who knows the batch as it is can take it over', async () => {
  await pull();
  await claim();
  const [before] = await batches();
  assert.equal(await run(sealBatchCall('b', 'two', '11')), 0);
  assert.equal(await run(sealBatchCall('b', 'one', '12')), 1);
  assert.equal(await run(takeOverBatchCall(before!, 'two')), null, 'it was sealed since');
  const [sealed] = await batches();
  assert.equal(sealed?.xid, '12');
  const events = readTakenOver(await run(takeOverBatchCall(sealed, 'two')));
  assert.equal(events?.length, 1);
  assert.equal(
    readTakenOver(await run(takeOverBatchCall(sealed, 'three'))),
    undefined,
    'somebody was faster',
  );
  assert.equal(await run(sealBatchCall('b', 'one', '13')), 0, 'the first owner is late');
  assert.deepEqual(
    { ...(await batches())[0], ageMs: 0 },
    { id: 'b', owner: 'two', xid: undefined, ageMs: 0 },
  );
});

test('a batch ends only under the transaction or the owner that it has', async () => {
  await pull();
  await claim();
  await run(sealBatchCall('b', 'one', '12'));
  assert.equal(await run(removeBatchCall('b', { xid: '13' })), 0);
  assert.equal(await run(removeBatchCall('b', { owner: 'two' })), 0);
  assert.equal(await run(removeBatchCall('b', { xid: '12' })), 1);
  assert.equal(await run(removeBatchCall('b', { xid: '12' })), 0);
  assert.equal(await connection.client.dbsize(), 0);
});

test('what goes back is as it was, or adds to what came since', async () => {
  await pull();
  const was = await connection.client.hgetall(KEY);
  await claim();
  assert.equal(await handBack('two'), -1);
  assert.equal(await handBack('one'), 1);
  assert.deepEqual(await connection.client.hgetall(KEY), was);
  assert.deepEqual(await connection.client.keys('*'), [KEY]);
  await claim();
  await pull(AT + 5);
  await pull(AT + 6);
  assert.equal(await handBack('one'), 1);
  assert.deepEqual(await connection.client.hgetall(KEY), {
    ...was,
    pull_count: '3',
    last_pull_timestamp: String(AT + 6),
  });
});

test('a later time comes back with its event', async () => {
  await pull(AT + 9);
  await claim();
  await pull(AT);
  await handBack('one');
  assert.equal(await connection.client.hget(KEY, 'last_pull_timestamp'), String(AT + 9));
});

test('an orphan goes back as a pull event, and what cannot be added as an orphan', async () => {
  await pull();
  await connection.client.rename(KEY, `${KEY}:processing:${AT}000:01234567`);
  assert.equal((await claim()).events[0]?.orphaned, true);
  await handBack('one');
  assert.deepEqual(await connection.client.keys('*'), [KEY]);
  await claim();
  await connection.client.hset(KEY, 'pull_count', 'many');
  await handBack('one');
  const keys = (await connection.client.keys('*')).sort();
  assert.equal(keys[0], KEY);
  assert.match(keys[1] ?? '', /:processing:\d{13}:0a1b2c3d$/);
  assert.equal(await connection.client.hget(keys[1]!, 'pull_count'), '1');
});

test('a sealed batch does not go back: it may have been committed', async () => {
  await pull();
  await claim();
  await run(sealBatchCall('b', 'one', '12'));
  assert.equal(await handBack('one'), -1);
  assert.equal((await batches()).length, 1);
});

test('every step works in a Redis that takes no more', async () => {
  await pull();
  await connection.client.config('SET', 'maxmemory', '1');
  assert.equal((await claim()).events.length, 1);
  assert.equal(await run(sealBatchCall('b', 'one', '12')), 1);
  const [found] = await batches();
  assert.equal(readTakenOver(await run(takeOverBatchCall(found!, 'two')))?.length, 1);
  assert.equal(await handBack('two'), 1);
  assert.equal(await connection.client.hget(KEY, 'pull_count'), '1');
  await connection.client.config('SET', 'maxmemory', '0');
});

test('a key that was claimed at a moment far ahead is judged by its last access alone', async () => {
  await pull();
  await connection.client.rename(KEY, `${KEY}:processing:${Date.now() + 86_400_000}:01234567`);
  assert.equal((await claim({ orphanAfterMs: 1000 })).keysLeft, 1);
  await pause(2100);
  assert.equal((await claim({ orphanAfterMs: 1000 })).events.length, 1);
});

test('a key that is too long for one is claimed without its content, and does not come back', async () => {
  const long = `pull_events:${'x'.repeat(5_000_000)}`;
  await connection.client.hset(long, { repository_id: '7' });
  const { events } = await claim();
  assert.equal(events.length, 1);
  assert.equal(events[0]!.fields, undefined);
  assert.ok(events[0]!.key.length <= 4096 && long.startsWith(events[0]!.key));
  assert.equal(await handBack('one'), 0);
  assert.equal(await connection.client.dbsize(), 0);
});

test('a batch that nobody can read is told apart, and set aside with its data', async () => {
  const { client } = connection;
  const kept = { owner: 'one', events: '[]' };
  await client.hset(batchKey('b1'), { ...kept, events: '{broken' });
  await client.hset(batchKey('b2'), { ...kept, events: '{"a":1}' });
  await client.hset(batchKey('b3'), { ...kept, events: '[["key",false,"7"]]' });
  await client.hset(batchKey('b4'), { owner: 'one' });
  await client.hset(batchKey('b5'), { ...kept, xid: 'eleven' });
  await client.hset(batchKey('b6'), { ...kept, xid: '18446744073709551616' });
  for (let number = 1; number <= 6; number += 1)
    await client.zadd('pull_flush:batches', number, `b${number}`);
  const found = await batches();
  assert.deepEqual(
    found.map(({ xid }) => xid),
    [undefined, undefined, undefined, undefined, UNREADABLE, UNREADABLE],
  );
  for (const batch of found.slice(0, 4))
    assert.equal(readTakenOver(await run(takeOverBatchCall(batch, 'two'))), UNREADABLE);
  for (const { id } of found) assert.equal(await run(setAsideCall(id)), 1);
  assert.deepEqual(await batches(), []);
  assert.equal((await client.keys('pull_flush:batch:*')).length, 6);
});

test('an entry of the index that is no batch is dropped', async () => {
  await connection.client.zadd('pull_flush:batches', 1, 'odd');
  await connection.client.set(batchKey('odd'), 'no hash');
  assert.deepEqual(await batches(), []);
  assert.deepEqual(await connection.client.keys('*'), [batchKey('odd')]);
});

test('an entry of the index without its batch is dropped', async () => {
  await connection.client.zadd('pull_flush:batches', 1, 'gone');
  assert.deepEqual(await batches(), []);
  assert.equal(await connection.client.dbsize(), 0);
});
