import type { Database } from '@quay-observability/database';

/** One manifest of Quay: a digest in a repository. */
export type ManifestRow = {
  readonly id: number;
  /** When it was pushed: the beginning of its first tag, unix milliseconds; undefined without a tag. */
  readonly pushedAtMs: number | undefined;
  /** When Quay last wrote down the outcome of a scan, unix milliseconds; undefined if it never did. */
  readonly scannedAtMs: number | undefined;
};

type Row = { id: number; pushed_ms: string | null; scanned_ms: string | null };

/** A digest that is in more repositories than this is a base image; the rest of them is not looked at. */
const MAX_ROWS = 100;

/** `created_at` and `has_been_scanned` of Quay's manifests (`data/registry_model/datatypes.py`), oldest first; on the primary. */
export async function findManifests(
  database: Pick<Database, 'read'>,
  digest: string,
): Promise<readonly ManifestRow[]> {
  const rows: Row[] = await database.read((queries) =>
    queries('manifest')
      .where('manifest.digest', digest)
      .leftJoin('manifestsecuritystatus', 'manifestsecuritystatus.manifest_id', 'manifest.id')
      .orderBy('manifest.id')
      .limit(MAX_ROWS)
      .select(
        'manifest.id',
        queries('tag')
          .where('tag.manifest_id', queries.ref('manifest.id'))
          .orderBy('tag.id')
          .limit(1)
          .select('tag.lifetime_start_ms')
          .as('pushed_ms'),
        queries.raw(
          `(extract(epoch from manifestsecuritystatus.last_indexed) * 1000)::bigint::text as scanned_ms`,
        ),
      ),
  );
  return rows.map(({ id, pushed_ms, scanned_ms }) => ({
    id,
    pushedAtMs: pushed_ms === null ? undefined : Number(pushed_ms),
    scannedAtMs: scanned_ms === null ? undefined : Number(scanned_ms),
  }));
}
