import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { startRegistry } from '@quay-observability/testkit';
import { startGateway, type RunningGateway } from './start-gateway.ts';

const BODY = Buffer.alloc(20_000_000);
const UPLOADS = 20;

/** The status of an upload's answer, as a client gets it that sends without looking. */
async function upload(base: string, method: string): Promise<number | undefined> {
  const agent = new Agent({ keepAlive: true });
  const request = httpRequest(new URL('/v2/a/blobs/uploads/1', base), {
    method,
    agent,
    headers: { 'Content-Length': BODY.length },
  });
  const answered = once(request, 'response') as Promise<[IncomingMessage]>;
  request.end(BODY);
  const [response] = await answered;
  response.resume();
  await once(response, 'end');
  agent.destroy();
  return response.statusCode;
}

async function refusedUploads(url: string): Promise<(number | undefined)[]> {
  const gateway: RunningGateway = await startGateway(url);
  const statuses: (number | undefined)[] = [];
  for (let count = 0; count < UPLOADS; count += 1) {
    statuses.push(await upload(gateway.url, count % 2 === 0 ? 'PATCH' : 'PUT'));
  }
  await gateway.close();
  return statuses;
}

const refusing = createServer((_request, response) => {
  response.writeHead(401, { 'WWW-Authenticate': 'Bearer' }).end('no');
});

before(async () => {
  refusing.listen(0, '127.0.0.1');
  await once(refusing, 'listening');
});

after(() => {
  refusing.close();
  refusing.closeAllConnections();
});

test('every upload that a server in node refuses at once gets its answer', async () => {
  const { port } = refusing.address() as AddressInfo;
  assert.deepEqual(await refusedUploads(`http://127.0.0.1:${port}`), Array<number>(UPLOADS).fill(401));
});

test('every upload that a registry refuses at once gets its answer', async () => {
  const registry = await startRegistry({ asksForPassword: true });
  try {
    assert.deepEqual(await refusedUploads(registry.url), Array<number>(UPLOADS).fill(401));
  } finally {
    await registry.stop();
  }
});
