import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  startPythonRegistry,
  startRedis,
  startRegistry,
  temporaryFolder,
  type RunningApp,
  type Server,
} from '@quay-observability/testkit';
import { expectedBytes, expectedPulls, expectedPushes } from './expected-counts.ts';
import { makeImage } from './make-image.ts';
import { recordRequests } from './record-requests.ts';
import { createSwitchFile, runRoutingApp } from './run-routing-app.ts';
import { scrape } from './samples.ts';
import { skopeoCopy } from './skopeo-copy.ts';

const file = createSwitchFile();

let servers: Server[];
let python: Server;
let app: RunningApp;
let client: Awaited<ReturnType<typeof recordRequests>>;

before(async () => {
  const storageDir = temporaryFolder('storage');
  const [redis, behindPython, go] = await Promise.all([
    startRedis(),
    startRegistry({ storageDir }),
    startRegistry({ storageDir }),
  ]);
  python = await startPythonRegistry({ upstreamUrl: behindPython.url });
  servers = [python, redis, behindPython, go];
  app = await runRoutingApp({ pythonUrl: python.url, goUrl: go.url, redis }, file);
  client = await recordRequests(app.url);
});

after(async () => {
  await client.close();
  await app.stop();
  await Promise.all(servers.map((server) => server.stop()));
});

async function counted(baseUrl: string, name: string): Promise<[string, number][]> {
  return [...(await scrape(baseUrl, name))].sort();
}

test(
  'skopeo pushes and pulls an image whose capabilities have different owners, and each owner counts its own',
  { timeout: 60_000 },
  async () => {
    await file.publish({ ROUTE_OWNER_CAP_V2_PUSH: 'go', ROUTE_OWNER_CAP_V2_BLOB: 'go' }, { to: [app] });
    const image = makeImage(temporaryFolder('image'), [2_000_000, 500]);
    const remote = `docker://${client.host}/devtable/simple`;
    const back = temporaryFolder('pulled');
    await skopeoCopy(`oci:${image.folder}:latest`, `${remote}:latest`);
    await skopeoCopy(`${remote}:latest`, `oci:${back}:latest`);
    await skopeoCopy(`${remote}@${image.manifestDigest}`, `oci:${temporaryFolder('pulled')}:latest`);
    await assert.rejects(skopeoCopy(`${remote}:absent`, `oci:${temporaryFolder('pulled')}:latest`));

    for (const { digest, bytes } of image.layers)
      assert.ok(readFileSync(join(back, 'blobs', digest.replace(':', '/'))).equals(bytes), digest);
    const { recorded } = client;
    const [pulls, pushes] = [expectedPulls(recorded), expectedPushes(recorded)];
    const bytes = expectedBytes(recorded);
    assert.ok(pulls.length === 3 && pushes.length === 1 && bytes > 2_000_000, 'the client did all of it');
    assert.deepEqual(await counted(python.url, 'quay_registry_image_pulls_total'), pulls);
    assert.deepEqual(await counted(app.adminUrl, 'quay_registry_image_pushes_total'), pushes);
    assert.deepEqual(await counted(app.adminUrl, 'quay_registry_image_pulled_estimated_bytes_total'), [
      ['quay_registry_image_pulled_estimated_bytes_total{protocol="v2"}', bytes],
    ]);
    assert.deepEqual(await counted(app.adminUrl, 'quay_registry_image_pulls_total'), []);
    assert.deepEqual(await counted(python.url, 'quay_registry_image_pushes_total'), []);
    assert.deepEqual(await counted(python.url, 'quay_registry_image_pulled_estimated_bytes_total'), []);
  },
);
