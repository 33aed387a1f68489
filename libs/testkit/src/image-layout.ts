import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { tarArchive } from './tar-archive.ts';

/** What was written: digests to compare with, and what to give to `skopeo copy`. */
export type ImageLayout = {
  /** `oci:<folder>:<tag>` */
  reference: string;
  manifestDigest: string;
  /** Config first, then the layers. */
  blobs: { digest: string; sizeBytes: number }[];
};

type Descriptor = { mediaType: string; digest: string; size: number };

/**
 * Writes an image into `folder` as an OCI layout, a layer per given content. The same contents give the
 * same digests.
 */
export function writeImageLayout(
  folder: string,
  tag: string,
  layers: readonly (Buffer | string)[],
): ImageLayout {
  mkdirSync(join(folder, 'blobs/sha256'), { recursive: true });
  const blob = (mediaType: string, bytes: Buffer): Descriptor => {
    const hex = createHash('sha256').update(bytes).digest('hex');
    writeFileSync(join(folder, 'blobs/sha256', hex), bytes);
    return { mediaType, digest: `sha256:${hex}`, size: bytes.length };
  };
  const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

  const archives = layers.map((content, index) => tarArchive({ [`layer-${index + 1}`]: content }));
  const config = blob(
    'application/vnd.oci.image.config.v1+json',
    json({
      architecture: process.arch === 'x64' ? 'amd64' : process.arch,
      os: 'linux',
      rootfs: {
        type: 'layers',
        diff_ids: archives.map((archive) => `sha256:${createHash('sha256').update(archive).digest('hex')}`),
      },
    }),
  );
  const layerBlobs = archives.map((archive) =>
    blob('application/vnd.oci.image.layer.v1.tar+gzip', gzipSync(archive)),
  );
  const manifest = blob(
    'application/vnd.oci.image.manifest.v1+json',
    json({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config,
      layers: layerBlobs,
    }),
  );
  const named = { ...manifest, annotations: { 'org.opencontainers.image.ref.name': tag } };
  writeFileSync(join(folder, 'oci-layout'), json({ imageLayoutVersion: '1.0.0' }));
  writeFileSync(join(folder, 'index.json'), json({ schemaVersion: 2, manifests: [named] }));
  return {
    reference: `oci:${folder}:${tag}`,
    manifestDigest: manifest.digest,
    blobs: [config, ...layerBlobs].map(({ digest, size }) => ({ digest, sizeBytes: size })),
  };
}
