import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createRedis, type RedisConnection } from '@quay-observability/redis';
import { startRedis, type Server } from '@quay-observability/testkit';
import { createResultClaims } from '../../src/secscan/result-claims.ts';

let redis: Server;
let connections: RedisConnection[];

before(async () => {
  redis = await startRedis();
  connections = [1, 2].map((n) =>
    createRedis({
      settings: { host: '127.0.0.1', port: redis.port, db: 0, connectTimeoutMs: 5000, commandTimeoutMs: 500 },
      name: `replica ${n}`,
    }),
  );
  await Promise.all(connections.map((connection) => connection.whenReady(5000)));
});

after(async () => {
  await Promise.all(connections.map((connection) => connection.close()));
  await redis.stop();
});

const claimsOf = (connection: Pick<RedisConnection, 'client'> | undefined, rememberSeconds = 60) => {
  assert.ok(connection);
  return createResultClaims({ redis: connection, rememberSeconds, pausesMs: [50, 50] });
};

test('of many at the same time in two replicas, each manifest is claimed by one', async () => {
  const [first, second] = [claimsOf(connections[0]), claimsOf(connections[1])];
  const wanted = Array.from({ length: 200 }, (_, n) => (n % 2 === 0 ? [1, 2, 3] : [2, 3, 4]));
  const claimed = await Promise.all(wanted.map((ids, n) => (n % 4 < 2 ? first : second).claim(ids)));
  assert.deepEqual(claimed.filter((id) => id !== undefined).sort(), [1, 2, 3, 4]);
});

test('a claim whose answer got lost is had by asking again, not lost and not given twice', async () => {
  const [connection] = connections;
  assert.ok(connection);
  let losses = 2;
  const client = new Proxy(connection.client, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (name !== 'evalsha' && name !== 'eval') return value;
      return async (...args: unknown[]): Promise<unknown> => {
        const answer: unknown = await (value as (...all: unknown[]) => Promise<unknown>).apply(target, args);
        losses -= 1;
        if (losses >= 0) throw new Error('the connection was lost');
        return answer;
      };
    },
  });
  assert.equal(await claimsOf({ client }).claim([10]), 10);
  assert.equal(await claimsOf(connections[1]).claim([10]), undefined);
});

test('a Redis that does not answer is an error: nothing may be counted', async () => {
  const claims = claimsOf(connections[0]);
  redis.signal('SIGSTOP');
  await assert.rejects(claims.claim([20]));
  redis.signal('SIGCONT');
  await connections[0]?.whenReady(5000);
});

test('a claim expires after its time', async () => {
  const [connection] = connections;
  assert.equal(await claimsOf(connection, 77).claim([30]), 30);
  const seconds = await connection?.client.ttl('quay_secscan:result:30');
  assert.ok(seconds !== undefined && seconds > 70 && seconds <= 77);
});
