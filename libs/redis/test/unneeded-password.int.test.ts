import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, test, type TestContext } from 'node:test';
import { startRedis, waitUntil } from '@quay-observability/testkit';
import { createRedis, type RedisConnection, type RedisEvent } from '../src/index.ts';

const open: RedisConnection[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((connection) => connection.close(0)));
});

function connect(t: TestContext, port: number, credentials: { username?: string; password: string }) {
  const printed = t.mock.method(console, 'warn');
  const events: RedisEvent[] = [];
  const connection = createRedis({
    settings: {
      host: '127.0.0.1',
      port,
      db: 0,
      connectTimeoutMs: 1000,
      commandTimeoutMs: 1000,
      ...credentials,
    },
    name: 'test',
    maxBackoffMs: 200,
    onEvent: (event) => events.push(event),
  });
  open.push(connection);
  const warnings = () => events.filter(({ message }) => message.includes('password'));
  return { connection, events, warnings, printed };
}

/** A Redis as before version 6, of which there is none to be had here: it refuses AUTH with these words. */
async function startOldRedis(t: TestContext, refusal: string): Promise<number> {
  const info = 'redis_version:5.0.14\r\nloading:0';
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      for (const [command] of chunk.toString().matchAll(/^(?:auth|info|ping|select|client)\r$/gim)) {
        const name = command.trim().toLowerCase();
        if (name === 'auth') socket.write(`-${refusal}\r\n`);
        else if (name === 'info') socket.write(`$${info.length}\r\n${info}\r\n`);
        else socket.write('+OK\r\n');
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

test('a password that Redis does not ask for: it works, one event tells, and nothing is printed', async (t) => {
  const redis = await startRedis();
  t.after(() => redis.stop());
  const { connection, warnings, printed } = connect(t, redis.port, { password: 's3cret' });
  await connection.whenReady(5000);
  await connection.client.set('key', 'value');
  const [warning] = warnings();
  assert.equal(warning?.level, 'warning');
  assert.match(
    warning.message,
    /^redis test at 127\.0\.0\.1:\d+\/0: a password is configured, but this Redis/,
  );
  assert.ok(!JSON.stringify(warning).includes('s3cret'));

  // Neither another connection nor what a library makes of the client says it again.
  redis.signal('SIGKILL');
  await waitUntil('the loss', () => connection.state() === 'reconnecting');
  await redis.restart();
  await waitUntil('the return', () => connection.state() === 'ready');
  const copy = connection.client.duplicate();
  await copy.connect();
  assert.equal(await copy.ping(), 'PONG');
  copy.disconnect();
  assert.equal(warnings().length, 1);
  assert.equal(printed.mock.callCount(), 0);
});

test('a Redis before version 6 says it in other words', async (t) => {
  const port = await startOldRedis(t, 'ERR Client sent AUTH, but no password is set');
  const { connection, warnings, printed } = connect(t, port, { password: 's3cret' });
  await connection.whenReady(5000);
  assert.equal(warnings().length, 1);
  assert.equal(printed.mock.callCount(), 0);
});

test('a user name for a Redis that knows no users: not ready, and the event says why', async (t) => {
  const port = await startOldRedis(t, "ERR wrong number of arguments for 'auth' command");
  const { connection, events, printed } = connect(t, port, { username: 'quay', password: 's3cret' });
  await waitUntil('the event', () => events.length > 0);
  assert.equal(connection.state(), 'reconnecting');
  assert.match(String(events[0]?.fields.error), /This Redis knows no users, but a user name is configured/);
  assert.equal(printed.mock.callCount(), 0);
});
