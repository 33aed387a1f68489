import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Step } from '@quay-observability/python-oracle';
import { createRedis, type RedisConnection } from '@quay-observability/redis';
import { insertRepositories, type PostgresServer } from '@quay-observability/testkit';

/** The database of PULL_METRICS_REDIS. */
export const PULLS_DB = 1;

/** What the worker programs of an installation find to do. */
export type WorkToDo = {
  /** A tag that is dead, with its manifest, blob and file; a pull; and a key that is no pull. */
  add(): Promise<void>;
  stop(): Promise<void>;
};

/** Makes a repository whose tags are garbage as soon as they are dead. */
export async function createWorkToDo(
  postgres: PostgresServer,
  redisPort: number,
  storagePath: string,
): Promise<WorkToDo> {
  const repositories = await insertRepositories(postgres, ['acme/app']);
  const [repositoryId = NaN] = repositories.values();
  await postgres.query('UPDATE "user" SET removed_tag_expiration_s = 0');
  const redis = createRedis({
    settings: {
      host: '127.0.0.1',
      port: redisPort,
      db: PULLS_DB,
      connectTimeoutMs: 1000,
      commandTimeoutMs: 5000,
    },
    name: 'PULL_METRICS_REDIS',
  });
  await redis.whenReady(5000);
  let number = 0;
  return {
    add: async () => {
      number += 1;
      await addGarbage(postgres, repositoryId, storagePath, number);
      await addPulls(redis, repositoryId, number);
    },
    stop: () => redis.close(),
  };
}

async function addGarbage(
  postgres: PostgresServer,
  repositoryId: number,
  storagePath: string,
  number: number,
): Promise<void> {
  const hex = hexOf(`blob ${number}`);
  const file = join(storagePath, 'sha256', hex.slice(0, 2), hex);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, 'a layer');
  await postgres.query(
    `WITH blob AS (
       INSERT INTO imagestorage (uuid, image_size, uploading, cas_path, content_checksum)
       VALUES ($1, 7, false, true, $2) RETURNING id
     ), placement AS (
       INSERT INTO imagestorageplacement (storage_id, location_id)
       SELECT blob.id, location.id FROM blob, imagestoragelocation AS location WHERE location.name = 'local_us'
     ), manifest AS (
       INSERT INTO manifest (repository_id, digest, media_type_id, manifest_bytes, subject_backfilled, artifact_type_backfilled)
       VALUES ($3, $4, 1, '{}', true, true) RETURNING id
     ), link AS (
       INSERT INTO manifestblob (repository_id, manifest_id, blob_id) SELECT $3, manifest.id, blob.id FROM manifest, blob
     )
     INSERT INTO tag (name, repository_id, manifest_id, lifetime_start_ms, lifetime_end_ms, hidden, reversion, tag_kind_id, immutable)
     SELECT $5, $3, manifest.id, $6, $7, false, false, 1, false FROM manifest`,
    [
      hex.slice(0, 32),
      `sha256:${hex}`,
      repositoryId,
      `sha256:${hexOf(`manifest ${number}`)}`,
      `v${number}`,
      Date.now() - 7_200_000,
      Date.now() - 3_600_000,
    ],
  );
}

async function addPulls(redis: RedisConnection, repositoryId: number, number: number): Promise<void> {
  const digest = `sha256:${hexOf(`pulled ${number % 10}`)}`;
  await redis.client.hset(`pull_events:repo:${repositoryId}:digest:${digest}`, {
    repository_id: repositoryId,
    tag_name: '',
    manifest_digest: digest,
    pull_count: 1,
    last_pull_timestamp: Math.floor(Date.now() / 1000) - 5,
    pull_method: 'digest',
  });
  await redis.client.hset(`pull_events:repo:${repositoryId}:digest:broken${number}`, { pull_count: 'many' });
}

function hexOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

const COLLECTION = { worker: 'GarbageCollectionWorker', operation: '_garbage_collection_repos' };

/** What Python's gcworker and its queue workers do in the same time. */
export function pythonCollects(): Step[] {
  const step = (metric: Step['metric'], action: Step['action'], value: number, labels = {}): Step => ({
    metric,
    action,
    labels,
    value,
  });
  return [
    step('quay_worker_operation_duration_seconds', 'observe', 70, COLLECTION),
    step('quay_worker_operation_in_progress', 'set', 1, COLLECTION),
    step('quay_gc_iterations_total', 'inc', 1),
    step('quay_gc_storage_blobs_deleted_total', 'inc', 2),
    step('quay_gc_repos_purged_total', 'inc', 1),
    step('quay_gc_namespaces_purged_total', 'inc', 1),
    step('quay_gc_table_rows_deleted_total', 'inc', 3, { table: 'Tag' }),
    step('quay_queue_item_gets_total', 'inc', 1, { queue_name: 'repositorygc', availability: 'acquired' }),
    step('quay_queue_items_available_unlocked', 'set', 2, { queue_name: 'repositorygc' }),
  ];
}

/** What Python's globalpromstats shows. */
export function pythonCounts(): Step[] {
  return (
    [
      'quay_repository_rows',
      'quay_user_rows',
      'quay_org_rows',
      'quay_robot_rows',
      'quay_org_mirrors_total',
      'quay_org_mirrors_enabled',
    ] as const
  ).map((metric) => ({ metric, action: 'set', labels: {}, value: 7 }));
}
