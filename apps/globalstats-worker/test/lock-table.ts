import { waitUntil, type PostgresServer } from '@quay-observability/testkit';

/** Locks a table so that whoever reads it waits, until the returned function is called. */
export async function lockTable(postgres: PostgresServer, table: string): Promise<() => Promise<void>> {
  const name = `lock of ${table}`;
  const held = postgres
    .query(
      `SET application_name = '${name}'; BEGIN; LOCK TABLE "${table}" IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(600)`,
    )
    // It ends by being cancelled.
    .catch(() => undefined);
  await waitUntil('the lock of the table', async () => {
    const locks = await postgres.query(
      `SELECT 1 FROM pg_locks WHERE relation = '"${table}"'::regclass AND granted AND mode = 'AccessExclusiveLock'`,
    );
    return locks.length === 1;
  });
  return async () => {
    await postgres.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = '${name}'`,
    );
    await held;
  };
}

/** How many wait for a locked table. */
export async function waitingForTable(postgres: PostgresServer, table: string): Promise<number> {
  const waiting = await postgres.query(
    `SELECT 1 FROM pg_locks WHERE relation = '"${table}"'::regclass AND NOT granted`,
  );
  return waiting.length;
}
