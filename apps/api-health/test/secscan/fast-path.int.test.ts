import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { after, before, test } from 'node:test';
import {
  startPostgres,
  startRedis,
  startTestClair,
  type PostgresServer,
  type Server,
  type TestClair,
} from '@quay-observability/testkit';
import { callClair } from './clair-client.ts';
import { runInProcess } from './run-in-process.ts';

const STATE = '/indexer/api/v1/index_state';

let postgres: PostgresServer;
let redis: Server;
let clair: TestClair;

before(async () => {
  [postgres, redis, clair] = await Promise.all([startPostgres(), startRedis(), startTestClair()]);
});

after(async () => {
  await Promise.all([clair.close(), redis.stop(), postgres.stop()]);
});

/** How many requests to this address node's server has read, while `work` ran. */
async function readByNode(url: string, work: () => Promise<unknown>): Promise<number> {
  const { port } = new URL(url);
  let count = 0;
  const started = (message: unknown): void => {
    const { request } = message as { request: IncomingMessage };
    if (String(request.socket.localPort) === port) count += 1;
  };
  subscribe('http.server.request.start', started);
  await work().finally(() => unsubscribe('http.server.request.start', started));
  return count;
}

for (const [fastPath, readByNodesServer] of [
  [true, 0],
  [false, 1],
] as const)
  test(`GATEWAY_FAST_PATH=${fastPath} holds for calls to Clair as well`, async () => {
    const gateway = await runInProcess(clair.url, { postgres, redis, fastPath });
    try {
      const count = await readByNode(gateway.url, async () => {
        assert.equal((await callClair(gateway.url, 'GET', STATE)).status, 200);
      });
      assert.equal(count, readByNodesServer);
    } finally {
      await gateway.close();
      await gateway.dispose();
    }
  });
