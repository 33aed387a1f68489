import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startRegistry, temporaryFolder, type Server } from '@quay-observability/testkit';
import { expectedBytes, expectedPulls, expectedPushes, expectedRequests } from './expected-counts.ts';
import { makeImage, type Image } from './make-image.ts';
import { recordRequests } from './record-requests.ts';
import { runRegistryGateway, type RunningRegistryGateway } from './run-registry-gateway.ts';
import { skopeoCopy } from './skopeo-copy.ts';

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

test(
  'skopeo pushes an image of three layers and pulls it back, every byte and every count as it should be',
  { timeout: 60_000 },
  async () => {
    const remote = `docker://${recorder.host}/devtable/simple:latest`;
    const back = temporaryFolder('pulled');
    await skopeoCopy(`oci:${image.folder}:latest`, remote);
    await skopeoCopy(remote, `oci:${back}:latest`);
    await skopeoCopy(
      `docker://${recorder.host}/devtable/simple@${image.manifestDigest}`,
      `oci:${temporaryFolder('pulled')}:latest`,
    );
    await assert.rejects(
      skopeoCopy(
        `docker://${recorder.host}/devtable/simple:absent`,
        `oci:${temporaryFolder('pulled')}:latest`,
      ),
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
