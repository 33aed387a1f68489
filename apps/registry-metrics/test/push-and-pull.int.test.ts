import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { after, before, test } from 'node:test';
import { requireProgram, startRegistry, temporaryFolder, type Server } from '@quay-observability/testkit';
import { makeImage, type Image } from './make-image.ts';
import { recordRequests, type Recorded } from './record-requests.ts';
import { runRegistryGateway, type RunningRegistryGateway } from './run-registry-gateway.ts';

const run = promisify(execFile);
let registry: Server;
let gateway: RunningRegistryGateway;
let recorder: Awaited<ReturnType<typeof recordRequests>>;
let image: Image;

before(async () => {
  registry = await startRegistry();
  gateway = await runRegistryGateway(registry.url, { namespaceBuckets: new Map([['v2', 'registry']]) });
  recorder = await recordRequests(gateway.url);
  image = makeImage(temporaryFolder('image'), [3_000_000, 70_000, 200]);
});

after(async () => {
  await recorder.close();
  await gateway.close();
  await registry.stop();
});

async function skopeo(...args: string[]): Promise<void> {
  await run(requireProgram('skopeo', 'skopeo'), [
    '--insecure-policy',
    'copy',
    '--src-tls-verify=false',
    '--dest-tls-verify=false',
    ...args,
  ]);
}

test(
  'skopeo pushes an image of three layers and pulls it back, every byte and every count as it should be',
  { timeout: 60_000 },
  async () => {
    const remote = `docker://${recorder.host}/devtable/simple:latest`;
    const back = temporaryFolder('pulled');
    await skopeo(`oci:${image.folder}:latest`, remote);
    await skopeo(remote, `oci:${back}:latest`);
    await skopeo(
      `docker://${recorder.host}/devtable/simple@${image.manifestDigest}`,
      `oci:${temporaryFolder('pulled')}:latest`,
    );
    await assert.rejects(
      skopeo(`docker://${recorder.host}/devtable/simple:absent`, `oci:${temporaryFolder('pulled')}:latest`),
    );

    for (const { digest, bytes } of image.layers) {
      assert.ok(
        readFileSync(join(back, 'blobs', digest.replace(':', '/'))).equals(bytes),
        `${digest} is byte-identical`,
      );
    }
    const samples = await gateway.samples();
    const counted = (name: string): [string, number][] =>
      [...samples].filter(([key]) => key.startsWith(name)).sort();
    assert.deepEqual(counted('quay_registry_image_pulls_total'), expectedPulls(recorder.recorded));
    assert.deepEqual(counted('quay_registry_image_pushes_total'), expectedPushes(recorder.recorded));
    assert.deepEqual(counted('quay_registry_image_pulled_estimated_bytes_total'), [
      ['quay_registry_image_pulled_estimated_bytes_total{protocol="v2"}', expectedBytes(recorder.recorded)],
    ]);
    assert.deepEqual(counted('quay_request_duration_seconds_count'), expectedRequests(recorder.recorded));
    // Not vacuous: the client did all of this.
    assert.equal(samples.get('quay_registry_image_pulls_total{protocol="v2",ref="tag",status="200"}'), 1);
    assert.equal(samples.get('quay_registry_image_pulls_total{protocol="v2",ref="tag",status="404"}'), 1);
    assert.equal(
      samples.get('quay_registry_image_pulls_total{protocol="v2",ref="manifest",status="200"}'),
      1,
    );
    const layerBytes = image.layers.reduce((total, { bytes }) => total + bytes.length, 0);
    assert.ok(expectedBytes(recorder.recorded) >= 2 * layerBytes);
  },
);

function tally(keys: string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return [...counts].sort();
}

function expectedPulls(recorded: Recorded[]): [string, number][] {
  const pulls = recorded.filter(
    ({ method, path, status }) =>
      /^(GET|HEAD)$/.test(method) && path.includes('/manifests/') && /^(200|404)$/.test(String(status)),
  );
  return tally(
    pulls.map(
      ({ path, status }) =>
        `quay_registry_image_pulls_total{protocol="v2",ref="${path.includes('sha256:') ? 'manifest' : 'tag'}",status="${status}"}`,
    ),
  );
}

function expectedPushes(recorded: Recorded[]): [string, number][] {
  const pushes = recorded.filter(
    ({ method, path, status }) => method === 'PUT' && path.includes('/manifests/') && status === 201,
  );
  return tally(
    pushes.map(
      ({ contentType }) =>
        `quay_registry_image_pushes_total{protocol="v2",status="201",media_type="${contentType}"}`,
    ),
  );
}

function expectedBytes(recorded: Recorded[]): number {
  const downloads = recorded.filter(
    ({ method, path, status }) => method === 'GET' && path.includes('/blobs/sha256:') && status === 200,
  );
  return downloads.reduce((total, { answerLength }) => total + answerLength, 0);
}

function expectedRequests(recorded: Recorded[]): [string, number][] {
  return tally(
    recorded.map(({ method, path, status }) => {
      // The path of /v2/ has one segment, hence no namespace.
      const namespace = path === '/v2/' ? 'other' : 'registry';
      return `quay_request_duration_seconds_count{method="${method}",route="${routeOf(method, path)}",status="${status}",namespace_name="${namespace}"}`;
    }),
  );
}

function routeOf(method: string, path: string): string {
  if (path === '/v2/') return 'v2.v2_support_enabled';
  if (path.endsWith('/blobs/uploads/')) return 'v2.start_blob_upload';
  if (path.includes('/blobs/uploads/'))
    return method === 'PATCH' ? 'v2.upload_chunk' : 'v2.monolithic_upload_or_last_chunk';
  if (path.includes('/blobs/')) return method === 'HEAD' ? 'v2.check_blob_exists' : 'v2.download_blob';
  const by = path.includes('sha256:') ? 'digest' : 'tagname';
  return method === 'PUT' ? `v2.write_manifest_by_${by}` : `v2.fetch_manifest_by_${by}`;
}
