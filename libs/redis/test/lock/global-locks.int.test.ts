import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { startRedis, waitUntil, type Server } from '@quay-observability/testkit';
import { createGlobalLocks, type RedisConnection } from '../../src/index.ts';
import { connectTo, someoneBlocks } from './lock-redis.ts';

let server: Server;
let connection: RedisConnection;
before(async () => {
  server = await startRedis();
  connection = await connectTo(server.port);
});
after(async () => {
  await connection.close();
  await server.stop();
});
afterEach(() => connection.client.flushall());

const key = 'lock:a';

/** Work that ends only when it is told to, with the reason. */
function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error));
    signal.throwIfAborted();
  });
}

const noWork = () => Promise.reject(new Error('the work must not begin'));

test('long work keeps the lock beyond its time to live', async () => {
  const locks = createGlobalLocks(connection);
  const result = await locks.withLock('a', { ttlSeconds: 1, renewEveryMs: 200 }, async (signal) => {
    await pause(2000);
    assert.ok(!signal.aborted);
    assert.deepEqual(await createGlobalLocks(connection).withLock('a', { ttlSeconds: 1 }, noWork), {
      outcome: 'busy',
    });
    return 'finished';
  });
  assert.deepEqual(result, { outcome: 'done', value: 'finished' });
  assert.equal(await connection.client.exists(key), 0);
});

test('a token tells its holder, and no two tokens are the same', async () => {
  const [one, other] = [createGlobalLocks(connection), createGlobalLocks(connection)];
  const tokens: string[] = [];
  for (const locks of [one, one, other])
    await locks.withLock('a', { ttlSeconds: 30 }, async () => {
      tokens.push((await connection.client.get(key)) ?? '');
    });
  assert.deepEqual(
    tokens.map((token) => token.slice(0, 8)),
    [one.holder, one.holder, other.holder],
  );
  assert.equal(new Set(tokens).size, 3);
  assert.notEqual(one.holder, other.holder);
  for (const token of tokens) assert.equal(Buffer.from(token, 'base64').length, 18);
});

test('work that throws gives the lock back, and the error arrives', async () => {
  const locks = createGlobalLocks(connection);
  await assert.rejects(
    locks.withLock('a', { ttlSeconds: 30 }, () => Promise.reject(new Error('broken work'))),
    { message: 'broken work' },
  );
  assert.equal(await connection.client.exists(key), 0);
});

test('a lock that somebody took over stops the work, and stays with its new owner', async () => {
  const locks = createGlobalLocks(connection);
  const outcome = locks.withLock('a', { ttlSeconds: 30, renewEveryMs: 100 }, untilAborted);
  await waitUntil('the lock', async () => (await connection.client.exists(key)) === 1);
  await connection.client.set(key, 'new owner', 'EX', 30);
  const result = await outcome;
  assert.equal(result.outcome, 'lost');
  assert.match(String('error' in result && result.error), /LOCK_LOST|The lock a was lost: its key in Redis/);
  assert.equal(await connection.client.get(key), 'new owner');
});

test('a loss is noticed soon, however long the time to live is', async () => {
  const locks = createGlobalLocks(connection);
  const outcome = locks.withLock('a', { ttlSeconds: 3 * 3600 + 60 }, untilAborted);
  await waitUntil('the lock', async () => (await connection.client.exists(key)) === 1);
  // As a failover to a replica that lags does.
  await connection.client.flushall();
  const limit = new AbortController();
  const late = pause(20_000, 'late', { signal: limit.signal }).catch(() => 'in time');
  const result = await Promise.race([outcome.then(({ outcome: kind }) => kind), late]);
  limit.abort();
  assert.equal(result, 'lost');
});

test('work that ends well after the lock was lost is not called done', async () => {
  const locks = createGlobalLocks(connection);
  const outcome = locks.withLock('a', { ttlSeconds: 30, renewEveryMs: 100 }, (signal) =>
    untilAborted(signal).catch(() => 'result'),
  );
  await waitUntil('the lock', async () => (await connection.client.del(key)) === 1);
  assert.equal((await outcome).outcome, 'lost');
});

test('a Redis that is away for less than the time to live does no harm', async () => {
  const own = await startRedis({ persistent: true });
  const away = await connectTo(own.port);
  const locks = createGlobalLocks(away);
  const { promise: end, resolve } = Promise.withResolvers<string>();
  const outcome = locks.withLock('a', { ttlSeconds: 20, renewEveryMs: 200 }, () => end);
  await waitUntil('the lock', async () => (await away.client.exists(key)) === 1);
  const token = await away.client.get(key);
  await own.kill();
  await waitUntil('the loss', () => away.state() === 'reconnecting');
  await own.restart();
  await away.whenReady(5000);
  assert.equal(await away.client.get(key), token);
  await away.client.expire(key, 5);
  await waitUntil('a renewal', async () => (await away.client.ttl(key)) > 5);
  resolve('finished');
  assert.deepEqual(await outcome, { outcome: 'done', value: 'finished' });
  await away.close();
  await own.stop();
});

test('a Redis that is away for longer stops the work, and nothing can be locked meanwhile', async () => {
  const own = await startRedis();
  const away = await connectTo(own.port);
  const locks = createGlobalLocks(away);
  const outcome = locks.withLock('a', { ttlSeconds: 2, renewEveryMs: 200 }, untilAborted);
  await waitUntil('the lock', async () => (await away.client.exists(key)) === 1);
  const killed = performance.now();
  await own.kill();
  const result = await outcome;
  assert.equal(result.outcome, 'lost');
  assert.match('error' in result ? result.error.message : '', /could not be renewed in time/);
  assert.ok(performance.now() - killed < 3000);
  const next = await locks.withLock('b', { ttlSeconds: 2, waitMs: 10_000 }, noWork);
  assert.equal(next.outcome, 'unavailable');
  assert.equal('error' in next && (next.error as { code?: string }).code, 'REDIS_UNAVAILABLE');
  await away.close();
  await own.stop();
});

test('a lock that was taken although the answer never came does not stay busy', async () => {
  const own = await startRedis();
  const frozen = await connectTo(own.port, { commandTimeoutMs: 200 });
  const locks = createGlobalLocks(frozen);
  own.signal('SIGSTOP');
  assert.equal((await locks.withLock('a', { ttlSeconds: 600 }, noWork)).outcome, 'unavailable');
  own.signal('SIGCONT');
  await frozen.whenReady(5000);
  await waitUntil('what was sent before', async () => (await frozen.client.exists(key)) === 1);
  const result = await locks.withLock('a', { ttlSeconds: 600 }, () => Promise.resolve('worked'));
  assert.deepEqual(result, { outcome: 'done', value: 'worked' });
  assert.equal(await frozen.client.exists(key), 0);
  await frozen.close();
  await own.stop();
});

test('a lock that could not be given back is given back when Redis is there again, for others to have', async () => {
  const own = await startRedis({ persistent: true });
  const away = await connectTo(own.port);
  const locks = createGlobalLocks(away);
  const { promise: end, resolve } = Promise.withResolvers<string>();
  const outcome = locks.withLock('a', { ttlSeconds: 3 * 3600 }, () => end);
  await waitUntil('the lock', async () => (await away.client.exists(key)) === 1);
  await own.kill();
  await waitUntil('the loss', () => away.state() === 'reconnecting');
  resolve('finished');
  assert.deepEqual(await outcome, { outcome: 'done', value: 'finished' });
  await own.restart();
  const other = await connectTo(own.port);
  assert.equal(await other.client.exists(key), 1);
  await waitUntil('its return', async () => (await other.client.exists(key)) === 0, { timeoutMs: 20_000 });
  assert.equal(await other.client.llen('lock-signal:a'), 1, 'whoever waits is woken');
  await Promise.all([away.close(), other.close()]);
  await own.stop();
});

test('waiting ends when its time is over, when it is aborted, and when the lock expires without a signal', async () => {
  const locks = createGlobalLocks(connection);
  await connection.client.set(key, 'crashed', 'EX', 30);
  assert.deepEqual(await locks.withLock('a', { ttlSeconds: 30, waitMs: 500 }, noWork), { outcome: 'busy' });

  const abort = new AbortController();
  const aborted = locks.withLock('a', { ttlSeconds: 30, waitMs: 60_000, signal: abort.signal }, noWork);
  await someoneBlocks(connection);
  abort.abort();
  assert.deepEqual(await aborted, { outcome: 'busy' });
  await someoneBlocks(connection, 0);

  await connection.client.pexpire(key, 1500);
  const result = await locks.withLock('a', { ttlSeconds: 30, waitMs: 60_000 }, () => Promise.resolve(1));
  assert.deepEqual(result, { outcome: 'done', value: 1 });
  const clients = String(await connection.client.client('LIST'))
    .trim()
    .split('\n');
  assert.equal(clients.length, 1, 'no connection is left behind');
});

test('a Redis that goes away while it is waited for is told, and waiting is over', async () => {
  const own = await startRedis();
  const away = await connectTo(own.port);
  await away.client.set(key, 'somebody', 'EX', 30);
  const outcome = createGlobalLocks(away).withLock('a', { ttlSeconds: 30, waitMs: 60_000 }, noWork);
  await someoneBlocks(away);
  await own.kill();
  assert.equal((await outcome).outcome, 'unavailable');
  await away.close();
  await own.stop();
});

test('aborting stops the work, and the lock is given back', async () => {
  const abort = new AbortController();
  const locks = createGlobalLocks(connection);
  const outcome = locks.withLock('a', { ttlSeconds: 600, signal: abort.signal }, untilAborted);
  await waitUntil('the lock', async () => (await connection.client.exists(key)) === 1);
  const reason = new Error('enough');
  abort.abort(reason);
  await assert.rejects(outcome, reason);
  assert.equal(await connection.client.exists(key), 0);
});

test('the scripts run on a Redis that has forgotten them', async () => {
  const locks = createGlobalLocks(connection);
  await connection.client.script('FLUSH');
  assert.equal((await locks.withLock('a', { ttlSeconds: 30 }, () => Promise.resolve())).outcome, 'done');
  assert.equal(await connection.client.exists(key), 0);
});
