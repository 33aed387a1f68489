import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createDatabase, type Database } from '@quay-observability/database';
import { startPostgres, waitUntil, type PostgresServer } from '@quay-observability/testkit';
import { createTableLock } from '../src/table-lock.ts';

const LOCKS = `SELECT count(*)::int AS count FROM pg_locks
  WHERE relation IN ('tagpullstatistics'::regclass, 'manifestpullstatistics'::regclass) AND granted`;

let postgres: PostgresServer;
let database: Database;
before(async () => {
  postgres = await startPostgres({ schema: true });
  database = createDatabase({
    primary: { uri: postgres.uri, connectionArgs: {} },
    applicationName: 'locks',
  });
});
after(async () => {
  await database.close();
  await postgres.stop();
});

const locks = async (mode: string) =>
  (await postgres.query<{ count: number }>(`${LOCKS} AND mode = '${mode}'`))[0]!.count;

test('a transaction has both tables; while somebody reads them for long it goes on without, and says so once', async () => {
  const warnings: string[] = [];
  const lock = createTableLock(
    { warning: (message) => warnings.push(message) },
    { waitMs: 30, pauseMs: 10, attempts: 3, withoutMs: 700 },
  );
  const held = () =>
    lock.run((take) =>
      database.transaction(async (queries) => {
        await take(queries);
        return locks('AccessExclusiveLock');
      }),
    );
  assert.equal(await held(), 2);

  // As pg_dump does it.
  const reading = postgres
    .query(
      `SET application_name = 'dump'; BEGIN; LOCK TABLE manifestpullstatistics IN ACCESS SHARE MODE; SELECT pg_sleep(600)`,
    )
    .catch(() => undefined);
  await waitUntil('the reader', async () => (await locks('AccessShareLock')) === 1);
  assert.equal(await held(), 0);
  assert.equal(await held(), 0);
  assert.equal(warnings.length, 1);
  assert.match(warnings[0]!, /which may then count tags twice/);

  await postgres.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'dump'`,
  );
  await reading;
  await pause(700);
  assert.equal(await held(), 2);
});

test('another error ends it at once', async () => {
  const lock = createTableLock({ warning: () => undefined });
  let attempts = 0;
  await assert.rejects(
    lock.run(() => {
      attempts += 1;
      return Promise.reject(new Error('no'));
    }),
    { message: 'no' },
  );
  assert.equal(attempts, 1);
});
