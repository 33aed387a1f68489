import type { Database } from '@quay-observability/database';
import { fetchHead, headerValue, type GatewayRequest, type Upstream } from '@quay-observability/gateway';
import type { BlobSizeSource } from './blob-sizes.ts';
import { knownBlobSize } from './measure-blob.ts';

const HEAD_TIMEOUT_MS = 10_000;
/** What the upstream needs to answer in the client's place. */
const CLIENT_HEADERS = ['host', 'authorization', 'cookie', 'x-forwarded-host', 'x-forwarded-proto'];

/** Quay's own record of the blob, from a replica if there is one: sizes never change. */
export function databaseSource(database: Database, digest: string): BlobSizeSource {
  return {
    name: 'database',
    find: async () => {
      const row: { image_size: string | number | null } | undefined = await database.read(
        (queries) =>
          queries('imagestorage')
            .where({ content_checksum: digest })
            .whereNotNull('image_size')
            .first('image_size'),
        { allowReplica: true },
      );
      // `bigint` arrives as text.
      return row?.image_size === undefined || row.image_size === null ? undefined : Number(row.image_size);
    },
  };
}

/** The upstream, asked with HEAD in the name of the client that downloaded the blob. */
export function upstreamSource(upstream: Upstream, { target, rawHeaders }: GatewayRequest): BlobSizeSource {
  return {
    name: 'upstream',
    find: async () => {
      const headers = CLIENT_HEADERS.flatMap((name) => {
        const value = headerValue(rawHeaders, name);
        return value === undefined ? [] : [name, value];
      });
      const head = await fetchHead(upstream, { target, rawHeaders: headers, timeoutMs: HEAD_TIMEOUT_MS });
      return knownBlobSize('v2.check_blob_exists', head.status, (name) => headerValue(head.rawHeaders, name));
    },
  };
}
