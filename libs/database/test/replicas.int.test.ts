import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { startPostgres, waitUntil, type PostgresServer } from '@quay-observability/testkit';
import { createDatabase, type Database, type DatabaseOptions } from '../src/index.ts';

// Two servers that know nothing of each other stand for primary and replica: which one answered is what counts.
let primary: PostgresServer;
let replica: PostgresServer;
let database: Database;
let routed: string[] = [];
let fallbacks: string[] = [];

before(async () => {
  [primary, replica] = await Promise.all([startPostgres(), startPostgres()]);
  for (const [server, name] of [
    [primary, 'primary'],
    [replica, 'replica'],
  ] as const) {
    await server.query('CREATE TABLE who (name text)');
    await server.query(`INSERT INTO who VALUES ('${name}')`);
  }
});
after(() => Promise.all([primary.stop(), replica.stop()]));
afterEach(() => database.close(0));

function connect(options: Partial<DatabaseOptions> = {}): Database {
  routed = [];
  fallbacks = [];
  database = createDatabase({
    primary: { uri: primary.uri, connectionArgs: {} },
    replicas: [{ uri: replica.uri, connectionArgs: {} }],
    applicationName: 'replica-test',
    quarantineMs: 300,
    ...options,
    observer: {
      routed: (target, reason) => routed.push(`${target} ${reason}`),
      fellBack: (reason) => fallbacks.push(reason),
    },
  });
  return database;
}

const who = (allowReplica = true) =>
  database.read(async (queries) => (await queries<{ name: string }>('who').first())?.name, { allowReplica });

test('a read that allows it goes to a replica, others do not', async () => {
  connect();
  assert.equal(await who(true), 'replica');
  assert.equal(await who(false), 'primary');
  assert.deepEqual(await database.read((queries) => queries('who').pluck('name')), ['primary']);
  assert.deepEqual(routed, ['replica replica_selected', 'primary bypassed', 'primary bypassed']);
});

test('writes, transactions and reads under a bypass go to the primary', async () => {
  connect();
  await database.write((queries) => queries('who').where({ name: 'nobody' }).delete());
  assert.equal(await database.transaction(() => who()), 'primary');
  assert.equal(await database.withoutReplicas(() => who()), 'primary');
  assert.equal(await who(), 'replica', 'the bypass ends with its work');
  assert.deepEqual(routed, [
    'primary write',
    'primary transaction',
    'primary transaction',
    'primary bypassed',
    'replica replica_selected',
  ]);
});

test('without replicas every read says so', async () => {
  connect({ replicas: [] });
  assert.equal(await who(), 'primary');
  assert.deepEqual(routed, ['primary no_replica_configured']);
});

test('all replicas are used, by chance', async () => {
  connect({
    replicas: [
      { uri: replica.uri, connectionArgs: {} },
      { uri: primary.uri, connectionArgs: {} },
    ],
  });
  const seen = new Set<string | undefined>();
  for (let i = 0; i < 60; i += 1) seen.add(await who());
  assert.deepEqual([...seen].sort(), ['primary', 'replica']);
  assert.ok(routed.every((each) => each === 'replica replica_selected'));
});

test('an error of the statement is not repeated on the primary', async () => {
  connect();
  const before = database.poolState();
  await assert.rejects(
    database.read((queries) => queries('no_such_table'), { allowReplica: true }),
    { code: '42P01' },
  );
  assert.deepEqual(before, { inUse: 0, available: 0, waiting: 0 });
  assert.deepEqual(routed, ['replica replica_selected']);
  assert.deepEqual(fallbacks, []);
});

test('a killed replica: no read fails, it is left alone for a while, and used again later', async () => {
  connect();
  assert.equal(await who(), 'replica');
  await replica.kill();
  await waitUntil('the loss to be noticed', () => database.poolState().available === 0);
  assert.equal(await who(), 'primary');
  assert.equal(await who(), 'primary');
  assert.deepEqual(routed.slice(1), [
    'replica replica_selected',
    'primary fallback_after_error',
    'primary none_available',
  ]);
  assert.deepEqual(fallbacks, ['connection_error']);
  await replica.restart();
  await waitUntil('the end of the quarantine', async () => (await who()) === 'replica');
});

test('a replica that is killed in the middle of a read: the read is repeated on the primary', async () => {
  connect();
  await who();
  let runs = 0;
  const reading = database.read(
    async (queries) => {
      runs += 1;
      await queries.raw(runs === 1 ? 'SELECT pg_sleep(10)' : 'SELECT 1');
      return (await queries<{ name: string }>('who').first())?.name;
    },
    { allowReplica: true },
  );
  await waitUntil('the read', () => database.poolState().inUse === 1);
  await replica.kill();
  assert.equal(await reading, 'primary');
  assert.equal(runs, 2);
  await replica.restart();
});

test('a frozen replica costs one time-out, then the primary answers', async () => {
  connect({ pool: { connectTimeoutMs: 200 }, quarantineMs: 60_000 });
  replica.signal('SIGSTOP');
  assert.equal(await who(), 'primary');
  assert.equal(await who(), 'primary');
  assert.deepEqual(fallbacks, ['timeout']);
  replica.signal('SIGCONT');
});

test('a replica with all connections busy is not put in quarantine for it', async () => {
  connect({ pool: { maxConnections: 1, acquireTimeoutMs: 200 }, quarantineMs: 60_000 });
  const busy = database.read((queries) => queries.raw('SELECT pg_sleep(0.5)'), { allowReplica: true });
  await waitUntil('the read', () => database.poolState().inUse === 1);
  const [name] = await Promise.all([who(), busy]);
  assert.equal(name, 'primary');
  assert.deepEqual(fallbacks, ['timeout']);
  assert.equal(await who(), 'replica');
});

test('when the primary is down as well, the error is that of the primary', async () => {
  const down = await startPostgres();
  await down.kill();
  connect({
    primary: { uri: down.uri, connectionArgs: {} },
    replicas: [{ uri: down.uri, connectionArgs: {} }],
  });
  await assert.rejects(who(), { code: 'DATABASE_UNAVAILABLE', message: /primary at/ });
  await down.stop();
});
