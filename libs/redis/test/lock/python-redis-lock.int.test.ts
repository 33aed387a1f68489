import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { startRedis, type Server } from '@quay-observability/testkit';
import { createGlobalLocks, runScript, type RedisConnection } from '../../src/index.ts';
import { extendLock, releaseLock } from '../../src/lock/lock-commands.ts';
import { connectTo, LOCK_DB, someoneBlocks } from './lock-redis.ts';
import { startPythonLocks, type PythonLocks } from './python-lock.ts';

let server: Server;
let connection: RedisConnection;
let python: PythonLocks;
before(async () => {
  server = await startRedis();
  connection = await connectTo(server.port);
  python = await startPythonLocks(server.port, LOCK_DB);
});
after(async () => {
  await python.stop();
  await connection.close();
  await server.stop();
});
afterEach(() => connection.client.flushall());

const lock = 'GLOBAL_PROM_STATS';
const ttl = 60;
const acquire = { command: 'acquire', lock, ttl } as const;
const release = { command: 'release', lock, ttl } as const;

/** Holds the lock until told to end. */
function hold(options: { waitMs?: number } = {}) {
  const { promise: told, resolve: end } = Promise.withResolvers<void>();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const outcome = createGlobalLocks(connection).withLock(lock, { ttlSeconds: ttl, ...options }, () => {
    begin();
    return told;
  });
  return { begun, end, outcome };
}

test('our lock is the key that Python writes: name, form of the token, time to live', async () => {
  const held = hold();
  await held.begun;
  const ours = await connection.client.get(`lock:${lock}`);
  const expires = await connection.client.ttl(`lock:${lock}`);
  held.end();
  await held.outcome;
  assert.equal(await python.ask(acquire), true);
  const theirs = await connection.client.get(`lock:${lock}`);
  const form = /^[A-Za-z0-9+/]{24}$/;
  assert.match(ours ?? '', form);
  assert.match(theirs ?? '', form);
  assert.notEqual(ours, theirs);
  assert.ok(Math.abs(expires - (await connection.client.ttl(`lock:${lock}`))) <= 1);
  assert.equal(await python.ask(release), null);
});

test('what is left after our release is what is left after one of Python', async () => {
  const left = async () => ({
    keys: await connection.client.keys('*'),
    signal: await connection.client.lrange(`lock-signal:${lock}`, 0, -1),
    expiresWithinASecond: (await connection.client.pttl(`lock-signal:${lock}`)) <= 1000,
  });
  await python.ask(acquire);
  await python.ask(release);
  const afterPython = await left();
  await connection.client.flushall();
  const held = hold();
  held.end();
  assert.deepEqual(await held.outcome, { outcome: 'done', value: undefined });
  assert.deepEqual(await left(), afterPython);
  assert.deepEqual(afterPython, {
    keys: [`lock-signal:${lock}`],
    signal: ['1'],
    expiresWithinASecond: true,
  });
});

test('Python is blocked by us and wakes on our release', async () => {
  const held = hold();
  await held.begun;
  assert.equal(await python.ask({ ...acquire, arguments: { blocking: false } }), false);
  const waiting = python.ask(acquire);
  await someoneBlocks(connection);
  const released = performance.now();
  held.end();
  assert.equal(await waiting, true);
  assert.ok(performance.now() - released < 2000, 'long before any time-out');
  assert.equal((await held.outcome).outcome, 'done');
  await python.ask(release);
});

test('we are blocked by Python and wake on its release', async () => {
  assert.equal(await python.ask(acquire), true);
  const notWaiting = hold();
  assert.deepEqual(await notWaiting.outcome, { outcome: 'busy' });
  const waiting = hold({ waitMs: 30_000 });
  await someoneBlocks(connection);
  await connection.ping(1000);
  const released = performance.now();
  assert.equal(await python.ask(release), null);
  await waiting.begun;
  assert.ok(performance.now() - released < 2000, 'long before any time-out');
  waiting.end();
  assert.equal((await waiting.outcome).outcome, 'done');
});

test('Python cannot release or extend what is ours, and loses nothing of it by trying', async () => {
  const held = hold();
  await held.begun;
  const before = await connection.client.get(`lock:${lock}`);
  const token = 'c29tZWJvZHkgZWxzZSdzIHRv';
  assert.equal(await python.ask({ ...release, token }), 'NotAcquired');
  assert.equal(
    await python.ask({ command: 'extend', lock, ttl, token, arguments: { expire: 600 } }),
    'NotAcquired',
  );
  assert.equal(await connection.client.get(`lock:${lock}`), before);
  assert.ok((await connection.client.ttl(`lock:${lock}`)) <= ttl);
  held.end();
  assert.equal((await held.outcome).outcome, 'done');
});

test('our scripts neither release nor extend what is of Python, and do with its token', async () => {
  assert.equal(await python.ask(acquire), true);
  assert.equal(await runScript(connection.client, releaseLock(lock, 'not the token')), 1);
  assert.equal(await runScript(connection.client, extendLock(lock, 'not the token', 600)), 1);
  const token = (await connection.client.get(`lock:${lock}`)) ?? '';
  assert.ok((await connection.client.ttl(`lock:${lock}`)) <= ttl);
  assert.equal(await runScript(connection.client, extendLock(lock, token, 600)), 0);
  assert.ok((await connection.client.ttl(`lock:${lock}`)) > ttl);
  await connection.client.persist(`lock:${lock}`);
  assert.equal(await runScript(connection.client, extendLock(lock, token, 600)), 2, 'as python-redis-lock');
  assert.equal(
    await python.ask({ command: 'extend', lock, ttl, arguments: { expire: 600 } }),
    'NotExpirable',
  );
  assert.equal(await connection.client.ttl(`lock:${lock}`), -1);
  assert.equal(await runScript(connection.client, releaseLock(lock, token)), 0);
  assert.equal(await python.ask(release), 'NotAcquired');
});
