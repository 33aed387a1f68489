import assert from 'node:assert/strict';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { test } from 'node:test';
import { openConnection } from '../src/open-connection.ts';
import { parseServerSettings } from '../src/server-settings.ts';

const message = (type: string, body: Buffer): Buffer => {
  const head = Buffer.alloc(5, type);
  head.writeUInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
};
const AUTHENTICATION_OK = message('R', Buffer.from([0, 0, 0, 0]));
const READY = message('Z', Buffer.from('I'));
const REFUSAL = message(
  'E',
  Buffer.from('SFATAL\0VFATAL\0C08P01\0Munsupported startup parameter: statement_timeout\0\0'),
);

test('a PgBouncer that refuses the statement time-out is connected to without it', async () => {
  const startups: string[] = [];
  const sockets: Socket[] = [];
  // Only the start of the protocol: a PgBouncer is not to be had everywhere these tests run.
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    socket.once('data', (data) => {
      const startup = data.toString('latin1');
      startups.push(startup);
      if (startup.includes('statement_timeout')) socket.end(REFUSAL);
      else socket.write(Buffer.concat([AUTHENTICATION_OK, READY]));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const connection = await openConnection({
    settings: parseServerSettings({
      uri: `postgresql://quay@127.0.0.1:${port}/quay`,
      connectionArgs: { sslmode: 'disable' },
    }),
    server: 'primary',
    applicationName: 'test',
    timeoutMs: 2000,
    statementTimeoutMs: 1000,
    onBroken: () => undefined,
  });
  assert.equal(startups.length, 2);
  assert.equal(connection.broken, undefined);
  connection.cut(new Error('done'));
  for (const socket of sockets) socket.destroy();
  server.close();
});
