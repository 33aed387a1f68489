import assert from 'node:assert/strict';
import { waitUntil } from '@quay-observability/testkit';
import { beginUpload, controllerClient, pullManifest, pushPythonPulls, sendPart } from './clients.ts';
import { REPOSITORY, type Stack } from './start-stack.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
/** Longer than a change may take. */
const FREEZE_MS = 31_000;

/**
 * Clients of both gateways and of Python, until what is returned is called: pulls, for which the new runtime is the
 * owner or Python is, and blobs, whose owner is misspelt in one gateway.
 */
export function startClients({ gateway, fileGateway, pushgateway }: Stack): () => Promise<void> {
  const stop = new AbortController();
  const run = async (): Promise<void> => {
    for (let round = 1; !stop.signal.aborted; round += 1) {
      await pushPythonPulls(pushgateway.url, round * 3);
      for (const { url } of [gateway, fileGateway]) {
        await pullManifest(url, REPOSITORY, 2);
        await (await fetch(`${url}/v2/${REPOSITORY}/blobs/${DIGEST}`)).arrayBuffer();
      }
      await waitUntil('the next round', () => true, { intervalMs: 200 });
    }
  };
  const running = run();
  return async () => {
    stop.abort();
    await running;
  };
}

/** The kill switch, thrown and released while clients pull. */
export async function throwKillSwitch({ controller, gateway }: Stack): Promise<void> {
  const client = controllerClient(controller.url);
  assert.equal(await client.patch({ force_python: true }), 200);
  await waitUntil('a decision of the kill switch', async () =>
    (await (await fetch(`${gateway.adminUrl}/metrics`)).text()).includes('source="force"'),
  );
  const owners = { ROUTE_OWNER_CAP_V2_PULL: 'go', WORKER_OWNER_GCWORKER: 'go' };
  assert.equal(await client.patch({ force_python: false, owners }), 200);
}

/** Somebody without a valid token. */
export async function tryWrongToken({ controller }: Stack): Promise<void> {
  assert.equal(
    await controllerClient(controller.url).patch({ force_python: true }, 'not-the-token-at-all'),
    401,
  );
}

/** Redis is away while somebody changes an owner, and while an upload goes on that began elsewhere. */
export async function loseRedis({ controller, gateway, redis }: Stack): Promise<void> {
  const client = controllerClient(controller.url);
  const location = await beginUpload(gateway.url, REPOSITORY);
  const elsewhere = location.replace(/uploads\/[^?]+/, 'uploads/b3f6dbb0-7a6c-4a4f-9d3a-0c7b1a0f0b11');
  await redis.kill();
  await waitUntil('a refused change', async () => (await client.patch({ reason: 'in vain' })) === 503);
  await (await sendPart(elsewhere)).arrayBuffer();
  await redis.restart();
  await waitUntil('Redis to be back', async () => (await client.patch({ reason: 'again' })) === 200);
}

/** A process that is frozen for longer than a change may take, while there is one. It follows in the end. */
export async function freezeFollower({ controller, gcWorker }: Stack): Promise<void> {
  const client = controllerClient(controller.url);
  gcWorker.process.signal('SIGSTOP');
  try {
    assert.equal(await client.patch({ reason: 'while one sleeps' }), 200);
    const published = performance.now();
    const slept = () => performance.now() - published > FREEZE_MS;
    await waitUntil('the end of the freeze', slept, { timeoutMs: 2 * FREEZE_MS, intervalMs: 500 });
  } finally {
    gcWorker.process.signal('SIGCONT');
  }
}
