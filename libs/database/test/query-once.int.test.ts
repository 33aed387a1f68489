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
