import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { RedisConnection } from '@quay-observability/redis';
import { startRedis, waitUntil, type Server } from '@quay-observability/testkit';
import { createReplica, PREFIX, PROGRAM, type Replica } from './start-replica.ts';

const DAY_MS = 86_400_000;
const key = (rest: string) => `${PREFIX}:${PROGRAM}:${rest}`;

let redis: Server;
let replica: Replica;
let ticks = 0;
before(async () => {
  redis = await startRedis();
});
after(() => redis.stop());
afterEach(async () => {
  await replica.stop();
  await replica.redis.client.flushall();
  await replica.close();
});

type Client = RedisConnection['client'];

/** A replica that ticks, and then finds this in Redis. */
async function ticksUntil(break_: (client: Client) => Promise<unknown>): Promise<void> {
  replica = createReplica({
    redisPort: redis.port,
    everyMs: 500,
    run: () => {
      ticks += 1;
      return Promise.resolve();
    },
  });
  await replica.start();
  await goesOn();
  await break_(replica.redis.client);
  // What was under way.
  await pause(300);
}

async function goesOn(): Promise<void> {
  const before = ticks;
  await waitUntil('further ticks', () => ticks > before + 2, { timeoutMs: 60_000 });
}

test('a tick that a replica with a fast clock has put far ahead is not waited for', async () => {
  const ahead = Date.now() + DAY_MS;
  await ticksUntil(async (client) => {
    await client.zadd(key('repeat'), ahead, 'tick');
    for (const id of await client.zrange(key('delayed'), '0', '-1')) {
      await client.rename(key(id), key(`repeat:tick:${ahead}`));
      await client.zrem(key('delayed'), id);
    }
    await client.zadd(key('delayed'), String(BigInt(ahead) * 4096n), `repeat:tick:${ahead}`);
  });
  await goesOn();
  assert.equal(await replica.redis.client.exists(key(`repeat:tick:${ahead}`)), 0);
});

const wait = async (client: Client, fields: Record<string, string>) => {
  const job = { name: 'x', data: '{}', opts: '{}', timestamp: '1', delay: '0', priority: '0', ...fields };
  await client.hset(key('bad'), job);
  await client.lpush(key('wait'), 'bad');
  await client.zadd(key('marker'), 0, '0');
};
const broken: Record<string, (client: Client) => Promise<unknown>> = {
  'a job whose data are no JSON': (client) => wait(client, { data: '{broken' }),
  'a schedule whose options cannot be read': (client) =>
    client.hset(key('repeat:tick'), 'every', 'abc', 'opts', '\u00ff'),
  'a schedule of another type': (client) => client.multi().del(key('repeat')).set(key('repeat'), 'x').exec(),
  'meta data of another type': (client) => client.multi().del(key('meta')).set(key('meta'), 'x').exec(),
};
for (const [what, break_] of Object.entries(broken))
  test(`${what}: the queue is made anew, and says so`, async () => {
    await ticksUntil(break_);
    await replica.redis.client.set(`${PREFIX}:OF${PROGRAM}:meta`, 'of another program');
    await goesOn();
    assert.equal(replica.messages.filter((line) => line.includes('made anew')).length, 1);
    assert.equal(await replica.redis.client.exists(key('bad')), 0);
    assert.equal(await replica.redis.client.exists(`${PREFIX}:OF${PROGRAM}:meta`), 1);
  });

test('a queue that somebody has paused stays paused, and the log says so', async () => {
  // As BullMQ's own `pause` leaves it.
  await ticksUntil((client) => client.hset(key('meta'), 'paused', '1'));
  const told = () => replica.messages.filter((line) => line.includes('is paused in Redis'));
  await waitUntil('the log', () => told().length === 1);
  const before = ticks;
  await pause(1500);
  assert.ok(ticks <= before + 1);
  await replica.redis.client.hdel(key('meta'), 'paused');
  await goesOn();
  assert.equal(told().length, 1);
});
