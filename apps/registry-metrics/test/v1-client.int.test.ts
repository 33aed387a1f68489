import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { startPythonV1Registry } from '@quay-observability/testkit';
import { expectedOfV1 } from './expected-counts.ts';
import { recordRequests } from './record-requests.ts';
import { runRegistryGateway } from './run-registry-gateway.ts';

/** What docker did before 1.6: a push of two images under one tag, and the pull of it. */
async function pushAndPull(origin: string, repository: string): Promise<number[]> {
  const statuses: number[] = [];
  const ask = async (method: string, path: string, body?: string | Buffer): Promise<Buffer> => {
    const answer = await fetch(`${origin}/v1${path}`, {
      method,
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) }),
    });
    statuses.push(answer.status);
    return Buffer.from(await answer.arrayBuffer());
  };
  const ids = [0, 1].map(() => randomBytes(32).toString('hex'));
  const layers = [randomBytes(70_000), randomBytes(900)];
  await ask('GET', '/_ping');
  await ask('PUT', `/repositories/${repository}/`, JSON.stringify(ids.map((id) => ({ id }))));
  for (const [index, id] of ids.entries()) {
    await ask('PUT', `/images/${id}/json`, JSON.stringify({ id }));
    await ask('PUT', `/images/${id}/layer`, layers[index]);
    await ask('PUT', `/images/${id}/checksum`);
  }
  await ask('PUT', `/repositories/${repository}/tags/latest`, JSON.stringify(ids[0]));
  await ask('PUT', `/repositories/${repository}/images`, JSON.stringify(ids.map((id) => ({ id }))));
  await ask('GET', `/repositories/${repository}/images`);
  await ask('GET', `/repositories/${repository}/tags`);
  for (const [index, id] of ids.entries()) {
    await ask('GET', `/images/${id}/ancestry`);
    await ask('GET', `/images/${id}/json`);
    assert.deepEqual(await ask('GET', `/images/${id}/layer`), layers[index]);
  }
  await ask('PUT', `/repositories/${repository}/images`, 'no JSON');
  await ask('GET', `/images/${'0'.repeat(64)}/layer`);
  return statuses;
}

test(
  'a client of protocol v1: every count as its requests say, status by status',
  { timeout: 120_000 },
  async () => {
    const registry = await startPythonV1Registry();
    const gateway = await runRegistryGateway(registry.url);
    const recorder = await recordRequests(gateway.url);
    const origin = `http://${recorder.host}`;
    try {
      const statuses = await pushAndPull(origin, 'devtable/simple');
      assert.deepEqual(statuses.slice(-2), [400, 404]);
      for (const repository of ['devtable/absent', 'private/one', 'private/one'])
        for (const method of ['GET', 'HEAD', 'PUT'])
          await fetch(`${origin}/v1/repositories/${repository}/images`, { method }).then((answer) =>
            answer.text(),
          );

      const samples = await gateway.samples();
      const { counts, bytes } = expectedOfV1(recorder.recorded);
      const counted = [...samples]
        .filter(([name]) => /^quay_registry_image_pu(lls|shes)_total/.test(name))
        .sort();
      assert.deepEqual(counted, counts);
      assert.equal(samples.get('quay_registry_image_pulled_estimated_bytes_total{protocol="v1"}'), bytes);
      assert.equal(bytes, 70_900);
      // Not vacuous: pulls with 200, 403 and 404, pushes with 204, 400, 403 and 404.
      assert.equal(counts.length, 7);
    } finally {
      await recorder.close();
      await gateway.close();
      await registry.stop();
    }
  },
);
