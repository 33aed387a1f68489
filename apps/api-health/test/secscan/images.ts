import { hash } from 'node:crypto';
import { insertRepositories, type PostgresServer } from '@quay-observability/testkit';

/** An image as Quay's tables have it. */
export type Image = {
  manifest: string;
  /** In order; the last one is the first again, as empty layers are in real images. */
  layers: readonly { digest: string; bytes: number }[];
  pushedAtMs: number;
};

export const digestOf = (text: string): string => `sha256:${hash('sha256', text)}`;

/** Images with three layers of their own and one twice, pushed one second after the other before `latestMs`. */
export function makeImages(count: number, latestMs: number, name = 'image'): Image[] {
  return Array.from({ length: count }, (_, index) => {
    const layers = [1, 2, 3].map((n) => ({
      digest: digestOf(`${name} ${index} layer ${n}`),
      bytes: 1000 * index + n,
    }));
    return {
      manifest: digestOf(`${name} ${index}`),
      layers: [...layers, layers[0] ?? { digest: '', bytes: 0 }],
      pushedAtMs: latestMs - (count - index) * 1000,
    };
  });
}

/** Pushes images to a repository: manifest, tag and blobs. Images that are elsewhere already keep their blobs. */
export async function insertImages(
  postgres: Pick<PostgresServer, 'query'>,
  images: readonly Image[],
  repository = 'acme/app',
): Promise<void> {
  const repositoryId = (await insertRepositories(postgres, [repository])).get(repository);
  const layers = new Map(
    images.flatMap(({ layers: all }) => all.map(({ digest, bytes }) => [digest, bytes])),
  );
  await postgres.query(
    `INSERT INTO imagestorage (uuid, image_size, uploading, cas_path, content_checksum)
     SELECT gen_random_uuid()::text, bytes, false, true, digest FROM unnest($1::text[], $2::bigint[]) AS blob (digest, bytes)
      WHERE NOT EXISTS (SELECT 1 FROM imagestorage WHERE content_checksum = digest)`,
    [[...layers.keys()], [...layers.values()]],
  );
  await postgres.query(
    `WITH pushed AS (
       INSERT INTO manifest (repository_id, digest, media_type_id, manifest_bytes, subject_backfilled, artifact_type_backfilled)
       SELECT $1, digest, (SELECT min(id) FROM mediatype), '{}', false, false FROM unnest($2::text[]) AS digest
       RETURNING id, digest)
     INSERT INTO tag (name, repository_id, manifest_id, lifetime_start_ms, immutable, hidden, reversion, tag_kind_id)
     SELECT digest, $1, pushed.id, pushed_ms, false, false, false, (SELECT min(id) FROM tagkind)
       FROM pushed JOIN unnest($2::text[], $3::bigint[]) AS image (image_digest, pushed_ms) ON image_digest = digest`,
    [repositoryId, images.map(({ manifest }) => manifest), images.map(({ pushedAtMs }) => pushedAtMs)],
  );
}

/** Writes down that a manifest has been scanned, as Quay does when it has the report. */
export async function markScanned(
  postgres: Pick<PostgresServer, 'query'>,
  manifests: readonly string[],
  agoSeconds = 0,
): Promise<void> {
  await postgres.query(
    `INSERT INTO manifestsecuritystatus (manifest_id, repository_id, index_status, error_json, last_indexed, indexer_hash, indexer_version, metadata_json)
     SELECT id, repository_id, 1, '""', (now() AT TIME ZONE 'UTC') - make_interval(secs => $2), 'state', 4, '{}'
       FROM manifest WHERE digest = ANY($1)
         ON CONFLICT (manifest_id) DO UPDATE SET last_indexed = excluded.last_indexed`,
    [manifests, agoSeconds],
  );
}

/** The body of Quay's `Index` request, with what must never be shown. */
export function indexBody({ manifest, layers }: Pick<Image, 'manifest' | 'layers'>): string {
  return JSON.stringify({
    hash: manifest,
    layers: layers.map(({ digest }) => ({
      hash: digest,
      uri: `https://quay.test/v2/acme/app/blobs/${digest}?signature=uri-secret`,
      headers: { Accept: ['application/gzip'], Authorization: ['Bearer layer-secret'] },
    })),
  });
}
