import type { Database } from '@quay-observability/database';
import { fetchHead, headerValue, type GatewayRequest, type Upstream } from '@quay-observability/gateway';
import type { BlobSizeSource } from './blob-sizes.ts';
import { knownBlobSize } from './measure-blob.ts';

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

export type DatabaseSourceLimits = {
  /** For one question. */
  readonly timeoutMs: number;
  /** How long the database is not asked after it failed. */
  readonly restMs: number;
};

const DATABASE_LIMITS: DatabaseSourceLimits = { timeoutMs: 2000, restMs: 10_000 };

/**
 * Quay's own record of blobs, from a replica if there is one: sizes never change. A database that fails
 * or hangs is left alone for a while, then tried with a single question, so that the other sources are not
 * kept waiting; until then it knows nothing.
 */
export function createDatabaseSource(
  database: Pick<Database, 'read'>,
  { timeoutMs, restMs }: DatabaseSourceLimits = DATABASE_LIMITS,
): (digest: string) => BlobSizeSource {
  let restsUntil: number | undefined;
  const rest = (): void => {
    restsUntil = performance.now() + restMs;
  };
  const find = async (digest: string): Promise<number | undefined> => {
    if (restsUntil !== undefined) {
      if (performance.now() < restsUntil) return undefined;
      // The others go on without it until this question is answered.
      rest();
    }
    try {
      const sizeBytes = await within(timeoutMs, imageSize(database, digest));
      restsUntil = undefined;
      return sizeBytes;
    } catch (error) {
      rest();
      throw error;
    }
  };
  return (digest) => ({ name: 'database', find: () => find(digest) });
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

async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no answer within ${timeoutMs} ms`));
    }, timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
