import { queryOnce } from '@quay-observability/database';
import type { DatabaseServerSettings } from '@quay-observability/quay-config';
import { APPLICATION_NAME, CONNECT_TIMEOUT_MS, STATEMENT_TIMEOUT_MS } from './database-check.ts';

/** What `/health/dbrevision` tells (contract section 10). */
export type DbRevision = { readonly db_revision: string; readonly local_revision: string };

export type DbRevisionOptions = {
  readonly server: DatabaseServerSettings | undefined;
  /** The revision that the database should have. */
  readonly expected: string | undefined;
  readonly timeoutMs: number;
};

/**
 * Reads the revision of the database; those who ask at the same time share one answer. It rejects where Python fails,
 * too: without a database, without its table, and if nothing says which revision is expected.
 */
export function createDbRevision({
  server,
  expected,
  timeoutMs,
}: DbRevisionOptions): () => Promise<DbRevision> {
  let running: Promise<DbRevision> | undefined;
  const read = async (): Promise<DbRevision> => {
    if (server === undefined) throw new Error('DB_URI is not set');
    if (expected === undefined) throw new Error('HEALTH_DB_REVISION is not set');
    const [row] = await queryOnce<{ version_num: string }>(
      {
        server,
        applicationName: APPLICATION_NAME,
        connectTimeoutMs: CONNECT_TIMEOUT_MS,
        statementTimeoutMs: STATEMENT_TIMEOUT_MS,
        signal: AbortSignal.timeout(timeoutMs),
      },
      'SELECT version_num FROM alembic_version LIMIT 1',
    );
    if (row === undefined) throw new Error('the table alembic_version is empty');
    return { db_revision: row.version_num, local_revision: expected };
  };
  return () => {
    running ??= read().finally(() => {
      running = undefined;
    });
    return running;
  };
}
