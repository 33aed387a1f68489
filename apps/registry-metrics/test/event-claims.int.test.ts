import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { createRedis, type RedisConnection } from '@quay-observability/redis';
import { startRedis, waitUntil, type Server } from '@quay-observability/testkit';
import { createEventClaims, type EventClaims } from '../src/notifications/event-claims.ts';
import { createEventMemory } from '../src/notifications/event-memory.ts';

let server: Server;
const connections: RedisConnection[] = [];
const troubles: boolean[] = [];
let unshared = 0;

before(async () => {
  server = await startRedis();
});

after(async () => {
  for (const connection of connections) await connection.close();
  await server.stop();
});

/** The claims of one replica. */
async function replica(): Promise<EventClaims> {
  const connection = createRedis({
    settings: { host: '127.0.0.1', port: server.port, db: 0, connectTimeoutMs: 1000, commandTimeoutMs: 1000 },
    name: 'test',
    maxBackoffMs: 200,
  });
  connections.push(connection);
  await connection.whenReady(5000);
  return createEventClaims({
    memory: createEventMemory({ maxEvents: 1000, ageMs: 60_000 }),
    redis: connection,
    rememberSeconds: 60,
    unshared: (events) => (unshared += events),
    onRedisChange: (error) => troubles.push(error !== undefined),
    limits: { timeoutMs: 500, restMs: 2000 },
  });
}

const keyOf = (id: string): string => `quay_notifications:event:${hash('sha256', id, 'base64url')}`;

test("of many replicas that claim the same events at once, each event is one replica's", async () => {
  const replicas = await Promise.all(Array.from({ length: 4 }, replica));
  const ids = Array.from({ length: 500 }, (_each, index) => `shared ${index}`);
  const rotated = (by: number): string[] => [...ids.slice(by), ...ids.slice(0, by)];
  const verdicts = await Promise.all(replicas.map((each, index) => each.claim(rotated(index * 100))));
  assert.equal(verdicts.flat().filter((verdict) => verdict === 'mine').length, ids.length);
  assert.equal(verdicts.flat().filter((verdict) => verdict === 'pending').length, 3 * ids.length);

  await Promise.all(
    replicas.map((each, index) =>
      each.settle(rotated(index * 100).filter((_id, at) => verdicts[index]?.[at] === 'mine')),
    ),
  );
  for (const each of replicas) assert.deepEqual(new Set(await each.claim(ids)), new Set(['counted']));
  assert.equal(unshared, 0);
});

test('what a process claimed and did not count can be claimed again when the claim has expired', async () => {
  const client = connections[0]?.client;
  await client?.set(keyOf('orphan'), 'another process', 'PX', 300);
  const claims = await replica();
  assert.deepEqual(await claims.claim(['orphan']), ['pending']);
  await waitUntil('the claim to expire', async () => (await claims.claim(['orphan']))[0] === 'mine');
  await claims.settle(['orphan']);
  assert.equal(await client?.get(keyOf('orphan')), 'counted');
  const secondsLeft = (await client?.ttl(keyOf('orphan'))) ?? 0;
  assert.ok(secondsLeft > 0 && secondsLeft <= 60, `${secondsLeft} s`);
});

test('an answer that got lost is had again by claiming again, if the process has not counted', async () => {
  const claims = await replica();
  const [connection] = connections.slice(-1);
  server.signal('SIGSTOP');
  const lost = claims.claim(['lost answer']);
  assert.deepEqual(await lost, ['pending']);
  server.signal('SIGCONT');
  await connection?.whenReady(5000);
  await waitUntil('Redis to be asked again', async () => {
    await claims.claim([`probe ${Math.random()}`]);
    return troubles.at(-1) === false;
  });
  const holder = await connections[0]?.client.get(keyOf('lost answer'));
  assert.equal(holder?.length, 36, 'the claim did arrive');
  assert.deepEqual(await claims.claim(['lost answer']), ['mine']);
  troubles.length = 0;
});

test('a claim expires by itself', async () => {
  const claims = await replica();
  await claims.claim(['short']);
  const secondsLeft = (await connections[0]?.client.ttl(keyOf('short'))) ?? 0;
  assert.ok(secondsLeft > 0 && secondsLeft <= 10, `${secondsLeft} s`);
});

test('without an answer of Redis the memory of the process decides, and the trouble is told once', async () => {
  const claims = await replica();
  assert.deepEqual(await claims.claim(['before']), ['mine']);
  await claims.settle(['before']);
  server.signal('SIGSTOP');
  try {
    unshared = 0;
    assert.deepEqual(await claims.claim(['frozen', 'before']), ['pending', 'counted'], 'nobody knows');
    assert.deepEqual(await claims.claim(['frozen']), ['mine'], 'when it is sent again');
    assert.deepEqual(await claims.claim(['frozen']), ['pending']);
    await claims.settle(['frozen']);
    assert.deepEqual(await claims.claim(['frozen']), ['counted']);
    assert.equal(unshared, 1);
    assert.deepEqual(troubles, [true]);
  } finally {
    server.signal('SIGCONT');
  }
  await waitUntil('Redis to be asked again', async () => {
    await claims.claim([`probe ${Math.random()}`]);
    return troubles.at(-1) === false;
  });
});
