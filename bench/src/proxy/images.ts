import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** One file that the upstream serves as a registry would. */
export type ServedFile = { path: string; sizeBytes: number; digest: string; contentType: string };

/** The image that clients pull: a small manifest by tag, and a large blob. */
export type Image = { manifest: ServedFile; blob: ServedFile };

const MANIFEST_BYTES = 2048;
const BLOB_BYTES = 64 * 2 ** 20;
const REPOSITORY = '/v2/bench/image';

/** Writes the image's files under `folder`, at the paths of the registry protocol. */
export function writeImage(folder: string): Image {
  const blob = randomBytes(BLOB_BYTES);
  const blobDigest = digestOf(blob);
  const manifest = manifestOf(blobDigest);
  const image = {
    manifest: {
      path: `${REPOSITORY}/manifests/latest`,
      sizeBytes: manifest.length,
      digest: digestOf(manifest),
      contentType: 'application/vnd.docker.distribution.manifest.v2+json',
    },
    blob: {
      path: `${REPOSITORY}/blobs/${blobDigest}`,
      sizeBytes: blob.length,
      digest: blobDigest,
      contentType: 'application/octet-stream',
    },
  };
  write(join(folder, image.manifest.path), manifest);
  write(join(folder, image.blob.path), blob);
  return image;
}

/** `sha256:` and the hex digest. */
export function digestOf(content: Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

function manifestOf(digest: string): Buffer {
  const layer = { mediaType: 'application/vnd.docker.image.rootfs.diff.tar.gzip', size: BLOB_BYTES, digest };
  const mediaType = 'application/vnd.docker.distribution.manifest.v2+json';
  const text = JSON.stringify({ schemaVersion: 2, mediaType, config: layer, layers: [layer] });
  // JSON may end in white space.
  return Buffer.from(text.padEnd(MANIFEST_BYTES));
}

function write(file: string, content: Buffer): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}
