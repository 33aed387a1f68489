import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startPostgres, waitUntil, type PostgresServer } from '@quay-observability/testkit';
import { cancellableReads, createDatabase, type Database } from '../src/index.ts';

let server: PostgresServer;
let database: Database;
before(async () => {
  server = await startPostgres();
  await server.query('CREATE TABLE rows AS SELECT generate_series(1, 10) AS id');
  database = createDatabase({
    primary: { uri: server.uri, connectionArgs: {} },
    applicationName: 'cancellable',
    pool: { maxConnections: 3 },
  });
});
after(async () => {
  await database.close();
  await server.stop();
});

const running = (text: string) =>
  server.query(`SELECT pid FROM pg_stat_activity WHERE query LIKE $1 AND state = 'active'`, [`${text}%`]);
const read = <T>(signal: AbortSignal, sql: string) =>
  database.read((queries) =>
    cancellableReads(queries, signal, async (transaction) => {
      const { rows } = await transaction.raw<{ rows: T[] }>(sql);
      return rows;
    }),
  );

test('without an abort the rows arrive, and nothing can be written', async () => {
  const { signal } = new AbortController();
  assert.deepEqual(await read(signal, 'SELECT count(*)::int FROM rows'), [{ count: 10 }]);
  await assert.rejects(read(signal, 'DELETE FROM rows'), { code: '25006' });
});

test('an abort cancels the statement on the server at once, and the pool stays usable', async () => {
  const abort = new AbortController();
  const reason = new Error('enough');
  const reading = read(abort.signal, 'SELECT pg_sleep(20)');
  await waitUntil('the statement', async () => (await running('SELECT pg_sleep')).length === 1);
  const aborted = performance.now();
  abort.abort(reason);
  await assert.rejects(reading, reason);
  assert.ok(performance.now() - aborted < 1000);
  assert.deepEqual(await running('SELECT pg_sleep'), []);
  const { signal } = new AbortController();
  const after = await Promise.all(
    Array.from({ length: 6 }, () => read(signal, 'SELECT count(*)::int FROM rows')),
  );
  assert.deepEqual(after, Array(6).fill([{ count: 10 }]));
});

test('a statement that waits for a locked table is cancelled too', async () => {
  const abort = new AbortController();
  const { promise: end, resolve: unlock } = Promise.withResolvers<void>();
  const locking = database.transaction(async (queries) => {
    await queries.raw('LOCK TABLE rows IN ACCESS EXCLUSIVE MODE');
    await end;
  });
  await waitUntil('the lock', async () => {
    const held = await server.query(`SELECT 1 FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted`);
    return held.length > 0;
  });
  const reading = read(abort.signal, 'SELECT count(*)::int FROM rows');
  await waitUntil('the statement', async () => (await running('SELECT count')).length === 1);
  abort.abort(new Error('enough'));
  await assert.rejects(reading, { message: 'enough' });
  unlock();
  await locking;
});

test('an abort before the beginning reads nothing, and one between two statements ends the work', async () => {
  const abort = new AbortController();
  await assert.rejects(
    database.read((queries) =>
      cancellableReads(queries, abort.signal, async (transaction) => {
        await transaction.raw('SELECT 1');
        abort.abort(new Error('enough'));
        abort.signal.throwIfAborted();
      }),
    ),
    { message: 'enough' },
  );
  await assert.rejects(read(abort.signal, 'SELECT 1'), { message: 'enough' });
});

test('what PostgreSQL has to complain of arrives as it is', async () => {
  await assert.rejects(read(new AbortController().signal, 'SELECT * FROM nowhere'), { code: '42P01' });
});
