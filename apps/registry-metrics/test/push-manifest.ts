import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';

export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const CONFIG_BYTES = 100;

/** Pushes an image of nothing but its configuration, under the tag `latest`; resolves to its digest. */
export async function pushManifest(registryUrl: string, repository: string): Promise<string> {
  const config = randomBytes(CONFIG_BYTES);
  const started = await fetch(`${registryUrl}/v2/${repository}/blobs/uploads/`, { method: 'POST' });
  const location = new URL(started.headers.get('location') ?? '');
  const digest = digestOf(config);
  location.searchParams.set('digest', digest);
  assert.equal((await fetch(location, { method: 'PUT', body: config })).status, 201);
  const descriptor = {
    mediaType: 'application/vnd.oci.image.config.v1+json',
    digest,
    size: CONFIG_BYTES,
  };
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: descriptor,
    layers: [],
  });
  const put = await fetch(`${registryUrl}/v2/${repository}/manifests/latest`, {
    method: 'PUT',
    body: manifest,
    headers: { 'Content-Type': OCI_MANIFEST },
  });
  assert.equal(put.status, 201);
  return digestOf(Buffer.from(manifest));
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
