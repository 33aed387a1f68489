import type { Queries } from '@quay-observability/database';

/** How many rows of each kind there are (contract section 7). */
export type RowCounts = {
  readonly repositories: number;
  readonly users: number;
  readonly organizations: number;
  readonly robots: number;
  /** Configurations of organisation mirrors; undefined in a database of a Quay that knows none. */
  readonly orgMirrors: { readonly total: number; readonly enabled: number } | undefined;
};

/** Neither organisations nor robots, and not about to be deleted; disabled ones count. */
const USERS = `SELECT count(*) FROM "user" AS account WHERE NOT organization AND NOT robot
  AND NOT EXISTS (SELECT FROM deletednamespace WHERE namespace_id = account.id)`;
const ORGANIZATIONS = 'SELECT count(*) FROM "user" WHERE organization AND NOT robot AND enabled';
const HAS_ORG_MIRRORS = `SELECT (to_regclass('orgmirrorconfig') IS NOT NULL)::int AS count`;

/**
 * Counts, a statement each: the numbers need not be of one moment, and no statement need take long.
 *
 * @throws the reason of the signal, between two statements
 */
export async function countRows(queries: Queries, signal: AbortSignal): Promise<RowCounts> {
  const count = async (sql: string): Promise<number> => {
    signal.throwIfAborted();
    const { rows } = await queries.raw<{ rows: { count: string | number }[] }>(sql);
    return Number(rows[0]?.count);
  };
  return {
    repositories: await count('SELECT count(*) FROM repository'),
    users: await count(USERS),
    organizations: await count(ORGANIZATIONS),
    robots: await count('SELECT count(*) FROM robotaccounttoken'),
    orgMirrors:
      (await count(HAS_ORG_MIRRORS)) === 0
        ? undefined
        : {
            total: await count('SELECT count(*) FROM orgmirrorconfig'),
            enabled: await count('SELECT count(*) FROM orgmirrorconfig WHERE is_enabled'),
          },
  };
}
