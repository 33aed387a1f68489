import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { startPostgres, waitUntil, type PostgresServer } from '@quay-observability/testkit';
import { createDatabase, DatabaseError, type Database, type DatabaseOptions } from '../src/index.ts';

let server: PostgresServer;
const open: Database[] = [];

before(async () => {
  server = await startPostgres();
  await server.query('CREATE TABLE thing (id int PRIMARY KEY, name text, at timestamp)');
});
after(() => server.stop());
afterEach(async () => {
  await Promise.all(open.splice(0).map((database) => database.close(0)));
  await server.query('TRUNCATE thing');
});

type Observed = { acquired: number; released: number; failed: number; waits: number[]; log: string[] };
type Opened = { database: Database; observed: Observed };

function connect(options: Partial<DatabaseOptions> = {}): Opened {
  const observed: Observed = { acquired: 0, released: 0, failed: 0, waits: [], log: [] };
  const database = createDatabase({
    primary: { uri: server.uri, connectionArgs: {} },
    applicationName: 'database-test',
    ...options,
    observer: {
      acquired: (_target, seconds) => {
        observed.acquired += 1;
        observed.waits.push(seconds);
      },
      acquireFailed: () => (observed.failed += 1),
      released: () => (observed.released += 1),
      onProblem: (message, fields) => observed.log.push(`problem ${message} ${JSON.stringify(fields)}`),
      onRecovery: (message) => observed.log.push(`recovery ${message}`),
      ...options.observer,
    },
  });
  open.push(database);
  return { database, observed };
}

const selectOne = (database: Database) => database.read((queries) => queries.raw('SELECT 1'));

async function outcomes(work: Promise<unknown>[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const result of await Promise.allSettled(work)) {
    const outcome =
      result.status === 'fulfilled' ? 'done' : String((result.reason as { code?: string }).code);
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return counts;
}

test('1000 reads, 50 at a time: every connection comes back, and the pool stays within its bound', async () => {
  const { database, observed } = connect({ pool: { maxConnections: 8 } });
  let most = 0;
  const reader = async () => {
    for (let i = 0; i < 20; i += 1) {
      await database.read((queries) => queries.raw('SELECT pg_sleep(0.001)'));
      const state = database.poolState();
      most = Math.max(most, state.inUse + state.available);
    }
  };
  await Promise.all(Array.from({ length: 50 }, reader));
  assert.equal(observed.acquired, 1000);
  assert.equal(observed.released, 1000);
  assert.ok(observed.waits.some((seconds) => seconds > 0));
  const state = database.poolState();
  assert.equal(state.inUse, 0);
  assert.equal(state.waiting, 0);
  assert.ok(most <= 8 && state.available <= 8 && state.available > 0, `${most} connections`);
  const [row] = await server.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM pg_stat_activity WHERE application_name = 'database-test'`,
  );
  assert.equal(row?.count, state.available, 'PostgreSQL sees the same connections');
});

test('reads and writes with the query builder; times without zone are UTC', async () => {
  const { database } = connect();
  const at = new Date('2026-07-01T12:00:00.123Z');
  await database.write((queries) => queries('thing').insert({ id: 1, name: 'a', at }));
  assert.deepEqual(await database.read((queries) => queries('thing').select('name', 'at')), [
    { name: 'a', at },
  ]);
  const [row] = await server.query<{ text: string }>('SELECT at::text AS text FROM thing');
  assert.equal(row?.text, '2026-07-01 12:00:00.123');
});

test('errors about the statement pass as PostgreSQL reports them, and the connection stays', async () => {
  const { database, observed } = connect();
  await database.write((queries) => queries('thing').insert({ id: 1 }));
  await assert.rejects(
    database.write((queries) => queries('thing').insert({ id: 1 })),
    { code: '23505' },
  );
  await assert.rejects(
    database.read((queries) => queries.raw('SELEKT 1')),
    { code: '42601' },
  );
  assert.deepEqual(database.poolState(), { inUse: 0, available: 1, waiting: 0 });
  assert.deepEqual(observed.log, []);
});

test('the values of a failed statement do not stand in the error', async () => {
  const { database } = connect();
  const failing = database.write((queries) => queries('thing').insert({ id: 's3cret' }));
  await assert.rejects(
    failing,
    (error: Error) => error.message.includes('insert into') && !error.message.includes("'s3cret'"),
  );
});

test('a transaction commits, or rolls back when its work throws; a nested one is a savepoint', async () => {
  const { database } = connect();
  const insert = (id: number) => database.write((queries) => queries('thing').insert({ id }));
  await database.transaction(() => insert(1));
  await assert.rejects(
    database.transaction(async () => {
      await insert(2);
      throw new Error('changed my mind');
    }),
    /changed my mind/,
  );
  await database.transaction(async () => {
    await insert(3);
    await assert.rejects(
      database.transaction(async () => {
        await insert(4);
        throw new Error('inner');
      }),
      /inner/,
    );
    // Reads see what the transaction wrote, as they run in it.
    assert.equal((await database.read((queries) => queries('thing').where({ id: 3 }))).length, 1);
  });
  assert.deepEqual(await database.read((queries) => queries('thing').pluck('id').orderBy('id')), [1, 3]);
  assert.equal(database.poolState().inUse, 0);
});

test('a transaction needs no second connection for what runs in it', async () => {
  const { database } = connect({ pool: { maxConnections: 1, acquireTimeoutMs: 500 } });
  const rows = await database.transaction(() =>
    database.transaction(() => database.read((queries) => queries('thing'))),
  );
  assert.deepEqual(rows, []);
});

test('an exhausted pool: one clear error in time, and everybody else is served', async () => {
  const { database, observed } = connect({ pool: { maxConnections: 2, acquireTimeoutMs: 300 } });
  const sleep = () => database.read((queries) => queries.raw('SELECT pg_sleep(0.8)'));
  const counts = await outcomes([sleep(), sleep(), selectOne(database), selectOne(database)]);
  assert.deepEqual(counts, { done: 2, DATABASE_POOL_EXHAUSTED: 2 });
  assert.equal(observed.failed, 2);
  await selectOne(database);
  assert.deepEqual(observed.log, [], 'a busy pool is no broken server');
});

test('a statement that takes too long is cancelled by PostgreSQL, and the connection stays', async () => {
  const { database } = connect({ pool: { maxConnections: 1, statementTimeoutMs: 200 } });
  await assert.rejects(
    database.read((queries) => queries.raw('SELECT pg_sleep(5)')),
    { code: '57014' },
  );
  assert.equal(database.poolState().available, 1);
});

test('killed and restarted: the process lives, errors are clear, connections are made anew', async () => {
  const own = await startPostgres();
  const { database, observed } = connect({
    primary: { uri: own.uri, connectionArgs: {} },
    pool: { maxConnections: 4 },
  });
  await Promise.all(
    Array.from({ length: 4 }, () => database.read((queries) => queries.raw('SELECT pg_sleep(0.1)'))),
  );
  assert.equal(database.poolState().available, 4);
  const interrupted = outcomes([
    database.read((queries) => queries.raw('SELECT pg_sleep(10)')),
    database.transaction((queries) => queries.raw('SELECT pg_sleep(10)')),
  ]);
  await waitUntil('the queries', () => database.poolState().inUse === 2);
  await own.kill();
  assert.deepEqual(await interrupted, { DATABASE_UNAVAILABLE: 2 });
  await waitUntil('the idle connections to be noticed', () => database.poolState().available === 0);
  await assert.rejects(selectOne(database), (error) => {
    assert.ok(error instanceof DatabaseError);
    assert.equal(error.reason, 'connection_error');
    assert.match(error.message, new RegExp(`primary at 127\\.0\\.0\\.1:${own.port}/quay.*ECONNREFUSED`));
    return true;
  });
  assert.deepEqual(await outcomes(Array.from({ length: 20 }, () => selectOne(database))), {
    DATABASE_UNAVAILABLE: 20,
  });
  await assert.rejects(database.ping(1000), { code: 'DATABASE_UNAVAILABLE' });
  await own.restart();
  await database.ping(2000);
  assert.deepEqual(await outcomes(Array.from({ length: 20 }, () => selectOne(database))), { done: 20 });
  assert.equal(database.poolState().inUse, 0);
  assert.equal(observed.log.length, 2, observed.log.join('\n'));
  assert.match(observed.log[0] ?? '', /^problem database primary at/);
  assert.match(observed.log[1] ?? '', /^recovery database primary at/);
  await database.close();
  await own.stop();
});

test('frozen: queries and pings end in time, their connections are thrown away, and it recovers', async () => {
  const own = await startPostgres();
  const { database } = connect({
    primary: { uri: own.uri, connectionArgs: {} },
    pool: { maxConnections: 2, statementTimeoutMs: 300, connectTimeoutMs: 400, acquireTimeoutMs: 1000 },
  });
  await selectOne(database);
  own.signal('SIGSTOP');
  // PostgreSQL's children are not stopped with it: a new connection is what gets no answer.
  const pids = await childrenOf(own.pid);
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  await assert.rejects(database.ping(100), {
    code: 'DATABASE_UNAVAILABLE',
    message: /no answer within 100 ms/,
  });
  assert.deepEqual(database.poolState(), { inUse: 0, available: 0, waiting: 0 });
  await assert.rejects(selectOne(database), {
    code: 'DATABASE_UNAVAILABLE',
    message: /no connection within 400 ms/,
  });
  for (const pid of pids) process.kill(pid, 'SIGCONT');
  own.signal('SIGCONT');
  await waitUntil('the first answer', () => selectOne(database));
  const frozenQuery = selectOne(database).then(async () => {
    for (const pid of await childrenOf(own.pid)) process.kill(pid, 'SIGSTOP');
    await selectOne(database);
  });
  await assert.rejects(frozenQuery, { code: 'DATABASE_UNAVAILABLE', reason: 'timeout' });
  assert.equal(database.poolState().inUse, 0);
  for (const pid of await childrenOf(own.pid)) process.kill(pid, 'SIGCONT');
  await selectOne(database);
  await own.stop();
});

test('a connection that PostgreSQL ends is replaced', async () => {
  const { database } = connect();
  await selectOne(database);
  await server.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'database-test'`,
  );
  await waitUntil('the loss to be noticed', () => database.poolState().available === 0);
  await selectOne(database);
});

test('a ping on an exhausted pool says so, and takes nothing away', async () => {
  const { database } = connect({ pool: { maxConnections: 1 } });
  const busy = database.read((queries) => queries.raw('SELECT pg_sleep(0.5)'));
  await waitUntil('the query', () => database.poolState().inUse === 1);
  await assert.rejects(database.ping(100), { code: 'DATABASE_POOL_EXHAUSTED' });
  await busy;
  await selectOne(database);
  assert.deepEqual(database.poolState(), { inUse: 0, available: 1, waiting: 0 });
});

test('pings are not counted as use, neither in vain nor well', async () => {
  const { database, observed } = connect({ pool: { maxConnections: 1 } });
  await database.ping(2000);
  const work = database.read((queries) => queries.raw('SELECT pg_sleep(0.3)'));
  await waitUntil('the query', () => database.poolState().inUse === 1);
  await assert.rejects(database.ping(50), { code: 'DATABASE_POOL_EXHAUSTED' });
  await work;
  await database.ping(2000);
  await selectOne(database);
  const { acquired, released, failed, waits } = observed;
  assert.deepEqual([acquired, released, failed, waits.length], [2, 2, 0, 2]);
});

test('closing waits for running work, refuses new work, and is bounded', async () => {
  const graceful = connect();
  const running = graceful.database.read((queries) => queries.raw('SELECT pg_sleep(0.3)'));
  await waitUntil('the query', () => graceful.database.poolState().inUse === 1);
  const closing = graceful.database.close(5000);
  await assert.rejects(selectOne(graceful.database), { code: 'DATABASE_CLOSED' });
  await closing;
  await running;

  const stuck = connect();
  const cut = stuck.database.read((queries) => queries.raw('SELECT pg_sleep(30)'));
  await waitUntil('the query', () => stuck.database.poolState().inUse === 1);
  const cutOutcome = outcomes([cut]);
  await stuck.database.close(100);
  assert.deepEqual(await cutOutcome, { DATABASE_UNAVAILABLE: 1 });
  assert.deepEqual(stuck.database.poolState(), { inUse: 0, available: 0, waiting: 0 });
});

test('a wrong password is a clear error without the password', async () => {
  const uri = server.uri.replace('quay:quay@', 'quay:s3cret-wrong@');
  const { database, observed } = connect({ primary: { uri, connectionArgs: {} } });
  await assert.rejects(selectOne(database), (error: Error & { code?: string }) => {
    assert.equal(error.code, 'DATABASE_UNAVAILABLE');
    assert.match(error.message, /password authentication failed for user "quay"/);
    return true;
  });
  assert.doesNotMatch(JSON.stringify(observed.log), /s3cret/);
});

test('MySQL and SQLite are refused at once', () => {
  for (const uri of ['mysql+pymysql://u:s3cret@db/quay', 'sqlite:///quay.db']) {
    assert.throws(() => createDatabase({ primary: { uri, connectionArgs: {} }, applicationName: 'x' }), {
      code: 'DATABASE_UNSUPPORTED',
    });
  }
});

test('sslmode require is refused by a server without TLS, prefer is not', async () => {
  const required = connect({ primary: { uri: server.uri, connectionArgs: { sslmode: 'require' } } });
  await assert.rejects(selectOne(required.database), { message: /does not support SSL/ });
  const preferred = connect({ primary: { uri: server.uri, connectionArgs: { sslmode: 'prefer' } } });
  await selectOne(preferred.database);
});

test('TCP keepalives are sent, unless the arguments turn them off', async () => {
  const { readFile } = await import('node:fs/promises');
  const timer = async (connectionArgs: Record<string, unknown>): Promise<string | undefined> => {
    const { database } = connect({ primary: { uri: server.uri, connectionArgs } });
    const { rows } = await database.read((queries) =>
      queries.raw<{ rows: { port: number }[] }>('SELECT inet_client_port() AS port'),
    );
    const port = Number(rows[0]?.port).toString(16).toUpperCase().padStart(4, '0');
    const sockets = await readFile('/proc/net/tcp', 'utf8');
    // Local address, remote address, state, queues, and which timer runs: 02 is that of keepalives.
    return new RegExp(`: \\w+:${port} \\w+:\\w+ 01 \\w+:\\w+ (\\d\\d):`).exec(sockets)?.[1];
  };
  assert.equal(await timer({}), '02');
  assert.equal(await timer({ keepalives: 0 }), '00');
});

async function childrenOf(pid: number): Promise<number[]> {
  const { readFile } = await import('node:fs/promises');
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text.trim().split(' ').filter(Boolean).map(Number);
}
