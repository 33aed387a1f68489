import type { Database } from '@quay-observability/database';

/** Of one statement, so that it stays short; an image has fewer layers. */
const DIGESTS_AT_ONCE = 500;

/**
 * The sizes of blobs in bytes, by digest, from `imagestorage`; those that Quay does not know are missing. On the
 * primary: the layers of an image that was just pushed may not have reached a replica.
 */
export async function findLayerSizes(
  database: Pick<Database, 'read'>,
  digests: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const sizes = new Map<string, number>();
  const different = [...new Set(digests)];
  for (let start = 0; start < different.length; start += DIGESTS_AT_ONCE) {
    const rows: { content_checksum: string; image_size: string | number }[] = await database.read((queries) =>
      queries('imagestorage')
        .whereIn('content_checksum', different.slice(start, start + DIGESTS_AT_ONCE))
        .whereNotNull('image_size')
        .select('content_checksum', 'image_size'),
    );
    // `bigint` arrives as text. Several rows of one checksum hold the same bytes.
    for (const { content_checksum, image_size } of rows) sizes.set(content_checksum, Number(image_size));
  }
  return sizes;
}
