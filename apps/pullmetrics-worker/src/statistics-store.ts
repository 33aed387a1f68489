import { AsyncLocalStorage } from 'node:async_hooks';
import type { Database, Queries } from '@quay-observability/database';
import type { PullTotals } from './add-up-pulls.ts';
import {
  addManifests,
  addTags,
  addWhatFits,
  isAboutValues,
  sqlStateOf,
  type AddRows,
  type RefusedRow,
} from './add-rows.ts';
import { KNOWN_REPOSITORIES } from './statistics-sql.ts';
import type { TableLock } from './table-lock.ts';

/** What a transaction has done. */
export type Written = {
  /** Of the transaction, as text: it has 64 bits. */
  readonly xid: string;
  /** Repositories that the database does not know: their pulls are in no row. */
  readonly unknownRepositories: ReadonlySet<number>;
  readonly refused: readonly RefusedRow[];
};

/** `forgotten`: it ended too long ago. `never`: this database has not had it yet, so it is that of another one. */
export type TransactionFate = 'committed' | 'aborted' | 'in progress' | 'forgotten' | 'never';

/** Notes in Redis which transaction is about to commit; false if it must not. */
export type Seal = (xid: string) => Promise<boolean>;

/** The statistics of pulls in PostgreSQL. */
export type StatisticsStore = {
  /**
   * Adds totals, all in one transaction. `seal` is called when nothing but the commit is left to do; if it resolves to
   * false or rejects, nothing is written. When this rejects after `seal` was called, only {@link fateOf} knows.
   */
  add(totals: PullTotals, seal: Seal): Promise<Written | 'given up'>;
  fateOf(xid: string): Promise<TransactionFate>;
};

class GivenUp extends Error {}

const INVALID_PARAMETER = '22023';
/** Serialization failure, deadlock. */
const CONFLICTS = new Set(['40001', '40P01']);
const ATTEMPTS = 5;
/** A transaction id of which nothing has reached the disk is given out again after a crash. */
const KEEP_ID = `SELECT pg_logical_emit_message(true, 'pull_flush', '')`;
/**
 * The events are deleted on the strength of the commit, which therefore must survive a crash. And a process that hangs, or
 * that the network has cut off, must not keep the tables locked: PostgreSQL ends its session. Binds milliseconds.
 */
const PREPARE = `SELECT set_config('idle_in_transaction_session_timeout', ?, true),
  CASE current_setting('synchronous_commit') WHEN 'off' THEN set_config('synchronous_commit', 'on', true) END`;
/** Longer than Redis may take to answer. */
const IDLE_LIMIT_MS = 15_000;

export function createStatisticsStore(
  database: Database,
  lock: TableLock,
  idleLimitMs = IDLE_LIMIT_MS,
): StatisticsStore {
  // What runs in a transaction's context would run in the transaction.
  const outside = AsyncLocalStorage.snapshot();
  const addIn = async (
    queries: Queries,
    totals: PullTotals,
    seal: Seal,
    isolating: boolean,
  ): Promise<Written> => {
    const unknownRepositories = await findUnknown(queries, totals);
    const addKnown = <Row extends { repositoryId: number }>(rows: readonly Row[], add: AddRows<Row>) => {
      const known = rows.filter(({ repositoryId }) => !unknownRepositories.has(repositoryId));
      if (isolating) return addWhatFits(queries, known, add);
      return known.length === 0 ? [] : add(queries, known).then((): RefusedRow<Row>[] => []);
    };
    const refused: RefusedRow[] = [
      ...(await addKnown(totals.tags, addTags)),
      ...(await addKnown(totals.manifests, addManifests)),
    ];
    const { rows } = await queries.raw<{ rows: [{ xid: string }] }>(
      'SELECT pg_current_xact_id()::text AS xid',
    );
    const [{ xid }] = rows;
    // A commit of another connection flushes the log up to here, our id included.
    await outside(() => database.write((others) => others.raw(KEEP_ID)));
    if (!(await seal(xid))) throw new GivenUp();
    return { xid, unknownRepositories, refused };
  };
  const addAll = (totals: PullTotals, seal: Seal, isolating: boolean) =>
    lock.run((take) =>
      database.transaction(async (queries) => {
        await queries.raw(PREPARE, [String(idleLimitMs)]);
        await take(queries);
        return addIn(queries, totals, seal, isolating);
      }),
    );

  return {
    add: async (totals, seal) => {
      try {
        return await repeatedly(() => addAll(totals, seal, false)).catch((error: unknown) => {
          if (!isAboutValues(error)) throw error;
          return addAll(totals, seal, true);
        });
      } catch (error) {
        if (error instanceof GivenUp) return 'given up';
        throw error;
      }
    },
    fateOf: async (xid) => {
      try {
        const { rows } = await database.write((queries) =>
          queries.raw<{ rows: [{ fate: TransactionFate | null }] }>(
            'SELECT pg_xact_status(?::xid8) AS fate',
            [xid],
          ),
        );
        return rows[0].fate ?? 'forgotten';
      } catch (error) {
        if (sqlStateOf(error) === INVALID_PARAMETER) return 'never';
        throw error;
      }
    },
  };
}

/** Others lock the same rows, in an order of their own: whom PostgreSQL picks to end a deadlock tries again. */
async function repeatedly<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === ATTEMPTS || !CONFLICTS.has(sqlStateOf(error) ?? '')) throw error;
    }
  }
}

async function findUnknown(queries: Queries, { manifests }: PullTotals): Promise<ReadonlySet<number>> {
  const unknown = new Set(manifests.map(({ repositoryId }) => repositoryId));
  const { rows } = await queries.raw<{ rows: { id: number }[] }>(KNOWN_REPOSITORIES, [[...unknown]]);
  for (const { id } of rows) unknown.delete(id);
  return unknown;
}
