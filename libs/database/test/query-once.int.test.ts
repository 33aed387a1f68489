import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startPostgres, waitUntil, type PostgresServer } from '@quay-observability/testkit';
import { queryOnce } from '../src/index.ts';

const APPLICATION = 'query once';

let postgres: PostgresServer;
before(async () => {
  postgres = await startPostgres();
});
after(() => postgres.stop());

function ask(sql: string, options: { statementTimeoutMs?: number; signal?: AbortSignal } = {}) {
  return queryOnce(
    {
      server: { uri: postgres.uri, connectionArgs: {} },
      applicationName: APPLICATION,
      connectTimeoutMs: 3000,
      statementTimeoutMs: 5000,
      signal: new AbortController().signal,
      ...options,
    },
    sql,
  );
}

const connections = async () =>
  (await postgres.query('SELECT 1 FROM pg_stat_activity WHERE application_name = $1', [APPLICATION])).length;

async function nothingIsLeft() {
  await waitUntil('the connection to be closed', async () => (await connections()) === 0);
}

test('each statement has a connection of its own, which is closed', async () => {
  const [first, second] = await Promise.all([
    ask('SELECT pg_backend_pid() AS pid'),
    ask('SELECT pg_backend_pid() AS pid'),
  ]);
  assert.notEqual(first?.[0]?.pid, second?.[0]?.pid);
  await nothingIsLeft();
});

test('a statement that is refused or takes too long leaves nothing either', async () => {
  await assert.rejects(ask('SELECT * FROM nowhere'), { code: '42P01' });
  await assert.rejects(ask('SELECT pg_sleep(20)', { statementTimeoutMs: 100 }), { code: '57014' });
  await nothingIsLeft();
});

test('a server that goes away is told as such', async () => {
  const lost = ask('SELECT pg_terminate_backend(pg_backend_pid())');
  await assert.rejects(lost, { code: 'DATABASE_UNAVAILABLE' });
});

test('a server that freezes in the middle of a statement is not waited for as long as a slow one', async () => {
  const slow = await ask('SELECT pg_sleep(1.2)');
  assert.equal(slow.length, 1);
  const sleeping = ask('SELECT pg_sleep(20)', { statementTimeoutMs: 15_000 });
  const refused = assert.rejects(sleeping, {
    code: 'DATABASE_UNAVAILABLE',
    message: /no connection within 3000 ms/,
  });
  const [backend] = await waitUntil('the statement', async () => {
    const rows = await postgres.query<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(20)' AND wait_event = 'PgSleep'`,
    );
    return rows.length > 0 && rows;
  });
  assert.ok(backend);
  postgres.signal('SIGSTOP');
  process.kill(backend.pid, 'SIGSTOP');
  const start = performance.now();
  try {
    await refused;
    assert.ok(performance.now() - start < 8000);
  } finally {
    process.kill(backend.pid, 'SIGCONT');
    postgres.signal('SIGCONT');
  }
  // It does not notice that nobody waits for it.
  await postgres.query('SELECT pg_terminate_backend($1)', [backend.pid]);
  await nothingIsLeft();
});

test('an abort ends the statement, and the connection that is being made', async () => {
  const during = ask('SELECT pg_sleep(20)', { signal: AbortSignal.timeout(300) });
  await assert.rejects(during, { name: 'TimeoutError' });
  postgres.signal('SIGSTOP');
  try {
    const start = performance.now();
    await assert.rejects(ask('SELECT 1', { signal: AbortSignal.timeout(200) }), { name: 'TimeoutError' });
    assert.ok(performance.now() - start < 2500);
  } finally {
    postgres.signal('SIGCONT');
  }
  await assert.rejects(ask('SELECT 1', { signal: AbortSignal.abort(new Error('over')) }), {
    message: 'over',
  });
  await nothingIsLeft();
});
