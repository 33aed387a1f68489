import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  copyImage,
  startNginx,
  startPushgateway,
  startPythonRegistry,
  startRegistry,
  temporaryFolder,
  waitUntil,
  writeImageLayout,
  type Server,
} from '@quay-observability/testkit';

const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const PULLS = 'quay_registry_image_pulls_total';
const PUSHES = 'quay_registry_image_pushes_total';
const BYTES = 'quay_registry_image_pulled_estimated_bytes_total';
const DURATIONS = 'quay_request_duration_seconds_count';

let upstream: Server;
let pushgateway: Server;
let python: Server;
/** As in Quay's own container. Besides, skopeo tries TLS first, which gunicorn takes 2 s to refuse. */
let nginx: Server;

before(async () => {
  [upstream, pushgateway] = await Promise.all([startRegistry(), startPushgateway()]);
  python = await startPythonRegistry({
    upstreamUrl: upstream.url,
    pushgatewayUrl: pushgateway.url,
    env: { TRACKED_NAMESPACES: '{"registry": ["v2"]}' },
  });
  nginx = await startNginx({
    config: ({ port }) => `server {
      listen 127.0.0.1:${port};
      client_max_body_size 0;
      location / {
        proxy_pass ${python.url};
        proxy_http_version 1.1;
        proxy_set_header Host $http_host;
        proxy_request_buffering off;
        proxy_buffering off;
      }
    }`,
  });
});

after(() => Promise.all([nginx, upstream, pushgateway, python].map((server) => server.stop())));

/** The samples of one metric, by their labels as they are written. */
async function samples(url: string, metric: string): Promise<Record<string, number>> {
  const exposition = await (await fetch(url)).text();
  const lines = exposition.split('\n').filter((line) => line.startsWith(`${metric}{`));
  return Object.fromEntries(
    lines.map((line) => [
      line.slice(metric.length + 1, line.lastIndexOf('}')),
      Number(line.split(' ').at(-1)),
    ]),
  );
}

test('a push and a pull of a real client pass, and are counted as Quay counts them', async () => {
  const folder = temporaryFolder('image');
  // Larger than any buffer on the way, so that it has to stream.
  const layer = randomBytes(3_000_000);
  const image = writeImageLayout(join(folder, 'image'), 'v1', [layer, 'small']);
  const reference = `docker://127.0.0.1:${nginx.port}/acme/app:v1`;
  await copyImage(image.reference, reference);
  await copyImage(reference, `oci:${join(folder, 'pulled')}:v1`);
  await fetch(`${python.url}/v2/acme/app/manifests/${image.manifestDigest}`, {
    method: 'HEAD',
    headers: { accept: OCI_MANIFEST },
  });
  await fetch(`${python.url}/v2/acme/app/manifests/absent`);

  const metrics = `${python.url}/metrics`;
  assert.deepEqual(await samples(metrics, PULLS), {
    'protocol="v2",ref="manifest",status="200"': 1,
    'protocol="v2",ref="tag",status="200"': 1,
    'protocol="v2",ref="tag",status="404"': 1,
  });
  assert.deepEqual(await samples(metrics, PUSHES), {
    [`media_type="${OCI_MANIFEST}",protocol="v2",status="201"`]: 1,
  });
  const sizeBytes = image.blobs.reduce((sum, blob) => sum + blob.sizeBytes, 0);
  assert.deepEqual(await samples(metrics, BYTES), { 'protocol="v2"': sizeBytes });
  const durations = await samples(metrics, DURATIONS);
  assert.equal(
    durations['method="HEAD",namespace_name="registry",route="v2.fetch_manifest_by_digest",status="200"'],
    1,
  );

  const blob = image.blobs[1];
  const part = await fetch(`${python.url}/v2/acme/app/blobs/${blob?.digest}`, {
    headers: { range: 'bytes=0-9' },
  });
  assert.deepEqual([part.status, (await part.arrayBuffer()).byteLength], [206, 10]);
  assert.deepEqual(await samples(metrics, BYTES), { 'protocol="v2"': sizeBytes + (blob?.sizeBytes ?? NaN) });
});

test('its counters arrive at the Pushgateway, in a group of its process', async () => {
  await fetch(`${python.url}/v2/acme/app/manifests/absent`);
  const pushed = await waitUntil('the push', async () => {
    const found = Object.keys(await samples(`${pushgateway.url}/metrics`, PULLS));
    return found.length > 0 && found;
  });
  assert.match(pushed[0] ?? '', /job="quay",pid="\d+",process_name="flask_registry:application"/);
});
