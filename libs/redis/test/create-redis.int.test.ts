import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { RedisSettings } from '@quay-observability/quay-config';
import { startRedis, waitUntil, type Server } from '@quay-observability/testkit';
import {
  commandFate,
  createRedis,
  type RedisConnection,
  type RedisEvent,
  type RedisOptions,
} from '../src/index.ts';

let server: Server;
const open: RedisConnection[] = [];

before(async () => {
  server = await startRedis();
});
after(() => server.stop());
afterEach(async () => {
  await Promise.all(open.splice(0).map((connection) => connection.close(0)));
});

type Opened = { connection: RedisConnection; events: RedisEvent[] };

function connect(settings: Partial<RedisSettings> = {}, options: Partial<RedisOptions> = {}): Opened {
  const events: RedisEvent[] = [];
  const connection = createRedis({
    settings: {
      host: '127.0.0.1',
      port: server.port,
      db: 1,
      connectTimeoutMs: 1000,
      commandTimeoutMs: 300,
      ...settings,
    },
    name: 'test',
    maxBackoffMs: 200,
    onEvent: (event) => events.push(event),
    ...options,
  });
  open.push(connection);
  return { connection, events };
}

async function ready(settings?: Partial<RedisSettings>, options?: Partial<RedisOptions>): Promise<Opened> {
  const opened = connect(settings, options);
  await opened.connection.whenReady(5000);
  return opened;
}

const statesOf = (events: RedisEvent[]) => events.map(({ state }) => state);

/** Whether each of many commands was answered, or the code it failed with. */
async function outcomes(commands: Promise<unknown>[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const result of await Promise.allSettled(commands)) {
    const outcome =
      result.status === 'fulfilled' ? 'answered' : String((result.reason as { code?: string }).code);
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return counts;
}

test('commands go to the configured database, under the configured name, over RESP2', async () => {
  const { connection, events } = await ready({ db: 7 });
  await connection.client.set('key', 'value');
  const info = String(await connection.client.client('INFO'));
  assert.match(info, /db=7/);
  assert.match(info, /name=test/);
  assert.match(info, /resp=2/);
  assert.match(String(await connection.client.info('keyspace')), /db7:keys=1/);
  assert.deepEqual(statesOf(events), ['ready']);
  await connection.ping(1000);
  await connection.client.flushall();
});

test('what Redis itself answers passes as it is', async () => {
  const { connection } = await ready();
  await connection.client.set('text', 'value');
  await assert.rejects(connection.client.hget('text', 'field'), { name: 'ReplyError', message: /WRONGTYPE/ });
  const results = await connection.client.pipeline().set('a', '1').hget('a', 'x').get('a').exec();
  assert.deepEqual(
    results?.map(([error, value]) => error?.name ?? value),
    ['OK', 'ReplyError', '1'],
  );
  await connection.client.flushall();
});

test('killed and restarted: commands fail at once, two events, then it works again', async () => {
  const own = await startRedis();
  const { connection, events } = await ready({ port: own.port });
  await own.kill();
  await waitUntil('the state', () => connection.state() === 'reconnecting');
  assert.deepEqual(await outcomes(Array.from({ length: 1000 }, () => connection.client.incr('n'))), {
    REDIS_UNAVAILABLE: 1000,
  });
  await assert.rejects(connection.ping(1000), {
    code: 'REDIS_UNAVAILABLE',
    message: new RegExp(String(own.port)),
  });
  await assert.rejects(
    connection.client
      .pipeline()
      .incr('n')
      .exec()
      .then((results) => {
        throw results?.[0]?.[0] ?? new Error('answered');
      }),
    { code: 'REDIS_UNAVAILABLE' },
  );
  // Several attempts in vain do not repeat the event.
  await new Promise((resolve) => setTimeout(resolve, 700));
  await own.restart();
  await waitUntil('the state', () => connection.state() === 'ready');
  assert.equal(await connection.client.incr('n'), 1, 'nothing that failed was sent later');
  assert.deepEqual(statesOf(events), ['ready', 'reconnecting', 'ready']);
  await own.stop();
});

test('a Redis that is not there yet: reconnecting, with the cause in the event', async () => {
  const own = await startRedis();
  await own.kill();
  const { connection, events } = connect({ port: own.port });
  await assert.rejects(connection.whenReady(300), { code: 'REDIS_UNAVAILABLE', message: /ECONNREFUSED/ });
  assert.deepEqual(statesOf(events), ['reconnecting']);
  assert.match(String(events[0]?.fields.error), /ECONNREFUSED/);
  const listeners = connection.client.listenerCount('ready');
  await assert.rejects(connection.whenReady(10));
  assert.equal(connection.client.listenerCount('ready'), listeners, 'a wait in vain leaves nothing behind');
  await own.restart();
  await connection.whenReady(5000);
  await own.stop();
});

test('frozen: commands time out, pending ones stay bounded, and it recovers', async () => {
  const own = await startRedis();
  const { connection, events } = await ready({ port: own.port }, { maxPendingCommands: 500 });
  own.signal('SIGSTOP');
  const counts = await outcomes(Array.from({ length: 5000 }, () => connection.client.incr('n')));
  assert.equal(counts.REDIS_OVERLOADED, 4500);
  assert.equal((counts.REDIS_TIMEOUT ?? 0) + (counts.REDIS_UNAVAILABLE ?? 0), 500);
  assert.ok((counts.REDIS_TIMEOUT ?? 0) >= 1);
  await waitUntil('the state', () => connection.state() === 'reconnecting');
  // The kernel still accepts connections for the frozen process: the handshake is what gets no answer.
  await assert.rejects(connection.whenReady(1000), { code: 'REDIS_UNAVAILABLE' });
  own.signal('SIGCONT');
  await connection.whenReady(5000);
  await connection.ping(1000);
  assert.deepEqual(statesOf(events), ['ready', 'reconnecting', 'ready']);
  await own.stop();
});

test('a ping that is not answered in time fails in time and leaves the client usable', async () => {
  const own = await startRedis();
  const { connection } = await ready({ port: own.port, commandTimeoutMs: 5000 });
  own.signal('SIGSTOP');
  await assert.rejects(connection.ping(50), { code: 'REDIS_TIMEOUT' });
  own.signal('SIGCONT');
  await connection.client.set('a', '1');
  assert.equal(await connection.client.get('a'), '1');
  assert.equal(connection.state(), 'ready');
  await own.stop();
});

test('a blocking command may wait longer than the command time-out', async () => {
  const { connection } = await ready({ commandTimeoutMs: 200 });
  assert.equal(await connection.client.blpop('lock-signal:none', 1), null);
  assert.equal(connection.state(), 'ready');
});

test('a wrong password: never ready, one event that says so, without the password', async () => {
  const own = await startRedis({ password: 'right' });
  const { connection, events } = connect({ port: own.port, password: 's3cret-wrong' });
  await assert.rejects(connection.whenReady(700), { code: 'REDIS_UNAVAILABLE', message: /WRONGPASS/ });
  await assert.rejects(connection.client.get('a'), { code: 'REDIS_UNAVAILABLE' });
  assert.deepEqual(statesOf(events), ['reconnecting']);
  assert.match(String(events[0]?.fields.error), /WRONGPASS/);
  assert.doesNotMatch(JSON.stringify(events), /s3cret/);
  const right = await ready({ port: own.port, password: 'right' });
  await right.connection.ping(1000);
  await own.stop();
});

test('no password where one is needed: never ready', async () => {
  const own = await startRedis({ password: 'right' });
  const { connection } = connect({ port: own.port });
  await assert.rejects(connection.whenReady(500), { code: 'REDIS_UNAVAILABLE', message: /NOAUTH/ });
  await own.stop();
});

test('a database that does not exist: never ready, and nothing is written to database 0', async () => {
  const { connection, events } = connect({ db: 99 });
  await assert.rejects(connection.whenReady(700), {
    code: 'REDIS_UNAVAILABLE',
    message: /DB index is out of range/,
  });
  assert.deepEqual(await outcomes([connection.client.set('stray', '1')]), { REDIS_UNAVAILABLE: 1 });
  assert.deepEqual(statesOf(events), ['reconnecting']);
  const zero = await ready({ db: 0 });
  assert.equal(await zero.connection.client.get('stray'), null);
});

test('closing lets running commands finish and refuses new ones', async () => {
  const { connection, events } = await ready();
  const running = Array.from({ length: 100 }, () => connection.client.incr('closing'));
  const closing = connection.close(2000);
  await assert.rejects(connection.client.get('closing'), { code: 'REDIS_UNAVAILABLE', message: /closed/ });
  await closing;
  assert.deepEqual(await outcomes(running), { answered: 100 });
  assert.equal(connection.state(), 'closed');
  assert.deepEqual(statesOf(events), ['ready', 'closed']);
  await connection.close();
});

test('closing is bounded while Redis is frozen or gone', async () => {
  const own = await startRedis();
  const frozen = await ready({ port: own.port, commandTimeoutMs: 60_000 });
  const gone = await ready({ port: own.port });
  own.signal('SIGSTOP');
  const stuck = outcomes([frozen.connection.client.get('a')]);
  await frozen.connection.close(100);
  assert.deepEqual(await stuck, { REDIS_UNAVAILABLE: 1 });
  await own.kill();
  await waitUntil('the state', () => gone.connection.state() === 'reconnecting');
  await gone.connection.close();
  assert.equal(gone.connection.state(), 'closed');
  await own.stop();
});

test('the error of a command says whether it may have taken effect', async () => {
  const { connection } = await ready();
  const fate = (command: Promise<unknown>) => command.then(() => assert.fail(), commandFate);
  assert.equal(await fate(connection.client.call('NO_SUCH_COMMAND')), 'answered');
  server.signal('SIGSTOP');
  try {
    assert.equal(await fate(connection.client.set('key', 'late')), 'unknown');
  } finally {
    server.signal('SIGCONT');
  }
  await connection.close(0);
  assert.equal(await fate(connection.client.set('key', 'never')), 'unsent');
});

test('what a library makes of a client has the same database, and a listener for its troubles', async () => {
  const { connection } = await ready();
  const copy = connection.client.duplicate();
  // ioredis prints what nobody listens to.
  assert.equal(copy.listenerCount('error'), 1);
  await copy.connect();
  await copy.set('by the copy', 'seen');
  assert.equal(await connection.client.get('by the copy'), 'seen');
  copy.disconnect();
});
