import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { startRedis, waitUntil, type Server } from '@quay-observability/testkit';
import { createRedis, type RedisConnection, type RedisEvent } from '../src/index.ts';

let [first, second]: (Server | undefined)[] = [];
let target = 0;
/** A stable address of whoever is the master: it leads new connections there, and lets old ones go on. */
const address = createServer((socket) => {
  const upstream = connect(target, '127.0.0.1');
  socket.pipe(upstream).pipe(socket);
  socket.on('error', () => upstream.destroy());
  upstream.on('error', () => socket.destroy());
});
before(async () => {
  [first, second] = await Promise.all([startRedis(), startRedis()]);
  address.listen(0, '127.0.0.1');
  await once(address, 'listening');
});
after(async () => {
  address.close();
  await Promise.all([first?.stop(), second?.stop()]);
});

async function connectTo(port: number, onEvent?: (event: RedisEvent) => void): Promise<RedisConnection> {
  const connection = createRedis({
    settings: { host: '127.0.0.1', port, db: 1, connectTimeoutMs: 1000, commandTimeoutMs: 2000 },
    name: 'test',
    maxBackoffMs: 200,
    ...(onEvent !== undefined && { onEvent }),
  });
  await connection.whenReady(5000);
  return connection;
}

test('a master that has become a replica, and keeps its connections, is left for the new one', async (context) => {
  target = first!.port;
  const events: RedisEvent[] = [];
  const connection = await connectTo((address.address() as AddressInfo).port, (event) => events.push(event));
  const control = await connectTo(first!.port);
  context.after(() => Promise.all([connection.close(), control.close()]));
  await connection.client.set('key', 'first');
  await control.client.replicaof('127.0.0.1', String(second!.port));
  // The address still leads to it: nothing is gained by connecting again and again.
  for (let attempt = 0; attempt < 20; attempt += 1) {
    await assert.rejects(connection.client.set('key', 'x'));
    await pause(20);
  }
  assert.ok(events.filter(({ state }) => state === 'reconnecting').length <= 1);
  target = second!.port;
  await waitUntil('the new master', () => connection.client.set('key', 'second'), { timeoutMs: 20_000 });
  await control.client.replicaof('NO', 'ONE');
});
