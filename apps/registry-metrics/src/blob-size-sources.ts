import type { Database } from '@quay-observability/database';
import { fetchHead, headerValue, type GatewayRequest, type Upstream } from '@quay-observability/gateway';
import type { BlobSizeSource } from './blob-sizes.ts';
import { createCircuitBreaker, type CircuitLimits } from './circuit-breaker.ts';
import { knownBlobSize } from '@quay-observability/registry-counting';

const HEAD_TIMEOUT_MS = 10_000;
/** What the upstream needs to answer in the client's place, and the client's trace. */
const CLIENT_HEADERS = [
  'host',
  'authorization',
  'cookie',
  'x-forwarded-host',
  'x-forwarded-proto',
  'traceparent',
  'tracestate',
];

const DATABASE_LIMITS: CircuitLimits = { timeoutMs: 2000, restMs: 10_000 };

/**
 * Quay's own record of blobs, from a replica if there is one: sizes never change. While the database fails or
 * hangs it knows nothing, so that the other sources are not kept waiting.
 */
export function createDatabaseSource(
  database: Pick<Database, 'read'>,
  limits: CircuitLimits = DATABASE_LIMITS,
): (digest: string) => BlobSizeSource {
  const circuit = createCircuitBreaker(limits);
  return (digest) => ({
    name: 'database',
    find: async () => circuit.ask(() => imageSize(database, digest)),
  });
}

async function imageSize(database: Pick<Database, 'read'>, digest: string): Promise<number | undefined> {
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
}

/**
 * The upstream, asked with HEAD in the name of the client that downloaded the blob. `traceHeaders` go over
 * those of the client. Keeps nothing of the request but what it sends: many may wait for their turn.
 */
export function upstreamSource(
  upstream: Upstream,
  { target, rawHeaders }: GatewayRequest,
  traceHeaders: Readonly<Record<string, string>>,
): BlobSizeSource {
  const headers = CLIENT_HEADERS.flatMap((name) => {
    const value = traceHeaders[name] ?? headerValue(rawHeaders, name);
    return value === undefined ? [] : [name, value];
  });
  return {
    name: 'upstream',
    find: async () => {
      const head = await fetchHead(upstream, { target, rawHeaders: headers, timeoutMs: HEAD_TIMEOUT_MS });
      return knownBlobSize('v2.check_blob_exists', head.status, (name) => headerValue(head.rawHeaders, name));
    },
  };
}
