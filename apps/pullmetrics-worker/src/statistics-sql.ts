/** Binds one array: ids. Those of them that the database knows. */
export const KNOWN_REPOSITORIES = 'SELECT id FROM repository WHERE id = ANY(?::int[])';

type Table = {
  readonly name: string;
  /** The column that is unique together with the repository. */
  readonly name2: string;
  readonly count: string;
  readonly date: string;
  /** Column of the digest of the latest pull, if the table has one. */
  readonly digest?: string;
};

/** Binds arrays: repository ids, tags, counts, unix seconds, digests. */
export const ADD_TO_TAGS = addTo({
  name: 'tagpullstatistics',
  name2: 'tag_name',
  count: 'tag_pull_count',
  date: 'last_tag_pull_date',
  digest: 'current_manifest_digest',
});

/** Binds arrays: repository ids, digests, counts, unix seconds. */
export const ADD_TO_MANIFESTS = addTo({
  name: 'manifestpullstatistics',
  name2: 'manifest_digest',
  count: 'manifest_pull_count',
  date: 'last_manifest_pull_date',
});

/**
 * One statement for all rows of a batch. Rows that exist are locked in the order of the input and updated; only the
 * others are inserted, because an insertion that becomes an update uses up a number of the id's sequence, and that has
 * 32 bits. Dates only move forward, and the digest is that of the latest pull (contract section 5).
 */
function addTo({ name, name2, count, date, digest }: Table): string {
  const added = ['repository_id', name2, 'pulls', 'seconds', ...(digest === undefined ? [] : [digest])];
  const arrays = `?::int[], ?::text[], ?::bigint[], ?::bigint[]${digest === undefined ? '' : ', ?::text[]'}`;
  const columns = ['repository_id', name2, count, date, ...(digest === undefined ? [] : [digest])];
  const values = columns.map((column) => (column === count ? 'pulls' : column)).join(', ');
  const set = (pulls: string, from: string): string =>
    [
      `${count} = stored.${count} + ${from}.${pulls}`,
      `${date} = GREATEST(stored.${date}, ${from}.${date})`,
      ...(digest === undefined
        ? []
        : [
            `${digest} = CASE WHEN ${from}.${date} >= stored.${date} THEN ${from}.${digest} ELSE stored.${digest} END`,
          ]),
    ].join(', ');
  return `WITH added AS MATERIALIZED (
  SELECT *, to_timestamp(seconds) AT TIME ZONE 'UTC' AS ${date}
    FROM unnest(${arrays}) WITH ORDINALITY AS given (${added.join(', ')}, position)
), present AS MATERIALIZED (
  SELECT stored.id, added.*
    FROM added JOIN ${name} AS stored USING (repository_id, ${name2})
   ORDER BY added.position
     FOR NO KEY UPDATE OF stored
), updated AS (
  UPDATE ${name} AS stored SET ${set('pulls', 'present')} FROM present WHERE stored.id = present.id
)
INSERT INTO ${name} AS stored (${columns.join(', ')})
SELECT ${values} FROM added
 WHERE NOT EXISTS (SELECT FROM present WHERE present.position = added.position)
 ORDER BY position
    ON CONFLICT (repository_id, ${name2}) DO UPDATE SET ${set(count, 'excluded')}`;
}
