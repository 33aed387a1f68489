import type { PostgresServer } from '@quay-observability/testkit';

/** What the database says about pulls. */
export type Statistics = { tags: Record<string, unknown>[]; manifests: Record<string, unknown>[] };

/** All rows but their ids, in order. */
export async function readStatistics(postgres: PostgresServer): Promise<Statistics> {
  return {
    tags: await postgres.query(
      `SELECT repository_id, tag_name, tag_pull_count, last_tag_pull_date::text AS last, current_manifest_digest
         FROM tagpullstatistics ORDER BY 1, 2`,
    ),
    manifests: await postgres.query(
      `SELECT repository_id, manifest_digest, manifest_pull_count, last_manifest_pull_date::text AS last
         FROM manifestpullstatistics ORDER BY 1, 2`,
    ),
  };
}

/** The sums of all counts. */
export async function countedPulls(postgres: PostgresServer): Promise<{ tags: number; manifests: number }> {
  const [row] = await postgres.query<{ tags: number; manifests: number }>(
    `SELECT (SELECT coalesce(sum(tag_pull_count), 0) FROM tagpullstatistics)::float8 AS tags,
            (SELECT coalesce(sum(manifest_pull_count), 0) FROM manifestpullstatistics)::float8 AS manifests`,
  );
  return row!;
}

export async function clearStatistics(postgres: PostgresServer): Promise<void> {
  await postgres.query('TRUNCATE tagpullstatistics, manifestpullstatistics');
}
