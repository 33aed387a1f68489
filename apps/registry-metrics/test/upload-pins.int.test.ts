import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRedis, type RedisConnection } from '@quay-observability/redis';
import { startRedis, waitUntil, type Server } from '@quay-observability/testkit';
import { createUploadPins, type PinOutcome, type UploadPins } from '../src/upload-pins.ts';

const TTL_SECONDS = 600;
const LIMITS = { timeoutMs: 100, restMs: 300, maxEntries: 3 };

let server: Server;
let connections: RedisConnection[];

before(async () => {
  server = await startRedis();
  connections = [connect(), connect()];
  await Promise.all(connections.map((connection) => connection.whenReady(5000)));
});

after(async () => {
  await Promise.all(connections.map((connection) => connection.close()));
  await server.stop();
});

beforeEach(async () => {
  await client().flushall();
});

function connect(): RedisConnection {
  const settings = {
    host: '127.0.0.1',
    port: server.port,
    db: 0,
    connectTimeoutMs: 1000,
    commandTimeoutMs: 10_000,
  };
  return createRedis({ settings, name: 'test', maxBackoffMs: 50 });
}

function client(): RedisConnection['client'] {
  return connection(0).client;
}

function connection(index: number): RedisConnection {
  const found = connections[index];
  assert.ok(found !== undefined);
  return found;
}

type Process = UploadPins & { outcomes: PinOutcome[]; redisChanges: string[] };

/** What one process of the gateway has. */
function processWith(index = 0, ttlSeconds = TTL_SECONDS): Process {
  const outcomes: PinOutcome[] = [];
  const redisChanges: string[] = [];
  const pins = createUploadPins({
    redis: connection(index),
    ttlSeconds,
    counted: (outcome) => outcomes.push(outcome),
    onRedisChange: (commands, error) =>
      redisChanges.push(`${commands}: ${error instanceof Error ? error.message : 'well'}`),
    limits: LIMITS,
  });
  return { ...pins, outcomes, redisChanges };
}

async function keys(): Promise<string[]> {
  return (await client().keys('*')).sort();
}

test('an upload is found by the process that pinned it, without Redis, and by another through Redis', async () => {
  const [one, other] = [processWith(0), processWith(1)];
  one.pin('upload-1', 'go');
  assert.equal(one.find('upload-1'), 'go');
  await waitUntil('the pin in Redis', async () => (await keys()).length === 1);
  assert.equal(await other.find('upload-1'), 'go');
  assert.equal(other.find('upload-1'), 'go', 'asked once');
  assert.deepEqual(one.outcomes, ['pinned', 'found_here']);
  assert.deepEqual(other.outcomes, ['found_in_redis', 'found_here']);
  assert.deepEqual(await keys(), ['quay_switch:upload:upload-1']);
});

test('a pin lives for its time from the last chunk on', async () => {
  const one = processWith();
  one.pin('upload-2', 'python');
  await waitUntil(
    'the pin',
    async () => (await client().ttl('quay_switch:upload:upload-2')) > TTL_SECONDS - 5,
  );
  await client().expire('quay_switch:upload:upload-2', 10);
  one.pin('upload-2', 'python');
  await waitUntil(
    'more time',
    async () => (await client().ttl('quay_switch:upload:upload-2')) > TTL_SECONDS - 5,
  );
  assert.deepEqual(one.outcomes, ['pinned'], 'renewed, not pinned anew');
});

test('a pin that is too old counts no more, here as in Redis', async () => {
  const one = processWith(0, 1);
  one.pin('upload-3', 'go');
  await waitUntil('the end', async () => (await one.find('upload-3')) === undefined, { timeoutMs: 5000 });
  assert.deepEqual(await keys(), []);
});

test('a finished upload is forgotten here and in Redis', async () => {
  const one = processWith();
  one.pin('upload-4', 'go');
  await waitUntil('the pin', async () => (await keys()).length === 1);
  one.forget('upload-4', 'go');
  await waitUntil('its end', async () => (await keys()).length === 0);
  assert.equal(await one.find('upload-4'), undefined);
  assert.equal(one.outcomes.at(-1), 'not_found');
});

test('a runtime that was asked by mistake cannot take away the pin of the other', async () => {
  const [one, other] = [processWith(0), processWith(1)];
  one.pin('upload-6', 'go');
  await waitUntil('the pin', async () => (await keys()).length === 1);
  one.forget('upload-6', 'python');
  other.forget('upload-6', 'python');
  other.pin('upload-7', 'python');
  await waitUntil('what came after', async () => (await keys()).length === 2);
  assert.equal(one.find('upload-6'), 'go');
  assert.equal(await other.find('upload-6'), 'go');
});

test('what is in Redis and no owner is no pin', async () => {
  await client().set('quay_switch:upload:upload-5', 'off');
  assert.equal(await processWith().find('upload-5'), undefined);
});

test('an id of any length and form makes a key of bounded length', async () => {
  const one = processWith();
  const ids = ['x'.repeat(129), 'a b\r\nDEL *', 'ü'];
  for (const id of ids) one.pin(id, 'go');
  await waitUntil('the pins', async () => (await keys()).length === ids.length);
  for (const key of await keys()) assert.match(key, /^quay_switch:upload:sha256:[0-9a-f]{64}$/);
  for (const id of ids) assert.equal(one.find(id), 'go');
});

test('memory holds the uploads used last; the others are in Redis', async () => {
  const one = processWith();
  for (const id of ['a', 'b', 'c', 'd']) one.pin(id, 'go');
  await waitUntil('the pins', async () => (await keys()).length === 4);
  assert.equal(await one.find('a'), 'go');
  assert.equal(one.outcomes.at(-1), 'found_in_redis');
  assert.equal(one.find('d'), 'go');
});

test('a frozen Redis holds up one question, is then left alone, and is asked again later', async () => {
  const one = processWith();
  await client().set('quay_switch:upload:theirs', 'go');
  one.pin('ours', 'python');
  server.signal('SIGSTOP');
  try {
    const asked = performance.now();
    assert.equal(await one.find('theirs'), undefined);
    assert.ok(performance.now() - asked < 2000);
    assert.equal(one.find('theirs'), undefined, 'at once: no promise');
    assert.equal(one.find('ours'), 'python');
    assert.deepEqual(one.outcomes.slice(-3), ['redis_failed', 'redis_failed', 'found_here']);
  } finally {
    server.signal('SIGCONT');
  }
  await waitUntil('the end of the rest', async () => (await one.find('theirs')) === 'go');
  assert.deepEqual(
    one.redisChanges.filter((change) => change.startsWith('reads: ')),
    ['reads: no answer within 100 ms', 'reads: well'],
  );
});

for (const [name, error, refuse, allow] of [
  [
    'is full',
    'OOM',
    () => client().config('SET', 'maxmemory', '1'),
    () => client().config('SET', 'maxmemory', '0'),
  ],
  [
    'has become a replica',
    'READONLY',
    () => connection(1).client.replicaof('127.0.0.1', 1),
    () => connection(1).client.replicaof('NO', 'ONE'),
  ],
] as readonly [string, string, () => Promise<unknown>, () => Promise<unknown>][])
  test(`a Redis that ${name} and refuses to write blocked reads, and was called well between two refusals`, async () => {
    const one = processWith();
    one.pin('before', 'go');
    for (const id of ['theirs-1', 'theirs-2', 'theirs-3', 'theirs-4'])
      await client().set(`quay_switch:upload:${id}`, 'go');
    await refuse();
    try {
      one.pin('ours', 'python');
      await waitUntil('the refusal', () => one.redisChanges.length > 0);
      // A replica is left once, for the address may lead to the new master by now.
      await Promise.all(connections.map((each) => each.whenReady(5000)));
      const end = performance.now() + 3 * LIMITS.restMs;
      for (let round = 0; performance.now() < end; round += 1) {
        // What is deleted comes first after each pause: a full Redis deletes.
        one.forget(`more-${round - 1}`, 'python');
        assert.equal(await processWith().find(`theirs-${(round % 4) + 1}`), 'go');
        assert.equal(await one.find(`theirs-${(round % 4) + 1}`), 'go');
        one.pin(`more-${round}`, 'python');
        await sleep(10);
      }
      assert.equal(one.redisChanges.length, 1, one.redisChanges.join('\n'));
      assert.match(one.redisChanges[0] ?? '', new RegExp(`^writes: ${error} `));
      assert.ok(!one.outcomes.includes('redis_failed'));
    } finally {
      await allow();
    }
    await waitUntil('a write that succeeds', () => {
      one.pin('ours', 'python');
      return one.redisChanges.length > 1;
    });
    assert.equal(one.redisChanges[1], 'writes: well');
    await waitUntil('the pin', async () => (await keys()).includes('quay_switch:upload:ours'));
  });

test('without Redis a process goes on with what it knows', async () => {
  const one = processWith();
  one.pin('ours', 'go');
  await waitUntil('the pin', async () => (await keys()).length === 1);
  await server.kill();
  await waitUntil('the loss', () => connection(0).state() === 'reconnecting');
  assert.equal(one.find('ours'), 'go');
  assert.equal(one.find('theirs'), undefined);
  one.pin('more', 'python');
  one.forget('ours', 'go');
  assert.equal(one.find('more'), 'python');
  assert.deepEqual(one.redisChanges, [], 'the connection has told it already');
  await server.restart();
  await Promise.all(connections.map((each) => each.whenReady(5000)));
  assert.equal(await one.find('theirs'), undefined);
  assert.equal(one.outcomes.at(-1), 'not_found', 'asked again');
});
