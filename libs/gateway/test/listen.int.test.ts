import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { createGateway, type Gateway } from '../src/index.ts';
import { LIMITS } from './start-gateway.ts';

function idleGateway(): Gateway {
  return createGateway({
    limits: LIMITS,
    trustForwarded: true,
    startExchange: () => {
      throw new Error('no request is expected');
    },
    onProblem: () => undefined,
  });
}

test('closing while the listener opens leaves it closed', async () => {
  const gateway = idleGateway();
  // A name, so that opening takes a look-up.
  const listening = gateway.listen({ host: 'localhost', port: 0 });
  await gateway.close();
  await listening;
  const { port, hostname } = new URL(gateway.url());
  const socket = connect({ port: Number(port), host: hostname.replace(/^\[|\]$/g, '') });
  await assert.rejects(once(socket, 'connect'), { code: 'ECONNREFUSED' });
});

test('a gateway that is closed cannot listen, and closing one that never listened ends', async () => {
  const gateway = idleGateway();
  await gateway.close();
  await assert.rejects(gateway.listen({ host: '127.0.0.1', port: 0 }), { code: 'LISTEN_FAILED' });
  await gateway.close();
});

test('a port in use is named by its settings, and the gateway can still be closed', async () => {
  const other = createServer();
  other.listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const gateway = idleGateway();
  await assert.rejects(
    gateway.listen({
      host: '127.0.0.1',
      port,
      settings: { host: 'LISTEN_HOST', port: 'LISTEN_PORT' },
    }),
    {
      code: 'LISTEN_FAILED',
      message: `The gateway cannot listen on LISTEN_HOST=127.0.0.1 LISTEN_PORT=${port}: EADDRINUSE`,
    },
  );
  await assert.rejects(gateway.listen({ host: '127.0.0.1', port }), { code: 'LISTEN_FAILED' });
  await gateway.close();
  other.close();
});
