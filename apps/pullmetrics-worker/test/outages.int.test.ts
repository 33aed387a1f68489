import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import {
  startPostgres,
  startRedis,
  waitUntil,
  type PostgresServer,
  type Server,
} from '@quay-observability/testkit';
import type { Batch } from '../src/batch.ts';
import { createPullLoad, type PullLoad } from './pull-load.ts';
import { createFlusher, flushAll, type Flusher, type FlusherOptions } from './run-flusher.ts';
import { clearStatistics } from './statistics.ts';

let postgres: PostgresServer;
let redis: Server;
let load: PullLoad;
const open: { close(): Promise<void> }[] = [];
before(async () => {
  [postgres, redis] = await Promise.all([
    startPostgres({ schema: true, settings: { wal_writer_delay: '10s' } }),
    startRedis({ persistent: true }),
  ]);
});
after(() => Promise.all([postgres.stop(), redis.stop()]));
afterEach(async () => {
  await load.redis.client.flushdb();
  await Promise.all(open.splice(0).map((each) => each.close()));
});

type Around = NonNullable<FlusherOptions['around']>;

/** A flusher, some pulls that wait, and an empty database. */
async function setUp(around?: Around, options: Partial<FlusherOptions> = {}): Promise<Flusher> {
  await clearStatistics(postgres);
  load = await createPullLoad(postgres, redis.port, { perRound: 400 });
  open.push(load);
  load.start();
  await waitUntil('pulls', () => load.pulls() >= 800);
  await load.stop();
  const flusher = await createFlusher({
    uri: postgres.uri,
    redisPort: redis.port,
    batchKeys: 60,
    scanCount: 10,
    ...options,
    ...(around === undefined ? {} : { around }),
  });
  open.push(flusher);
  return flusher;
}

async function endsExact(flusher: Flusher): Promise<void> {
  await flushAll(flusher);
  await load.assertExact(postgres);
}

/** Does something at a step of the second batch, once. */
function atSecond(step: (batch: number) => Promise<void>): () => Promise<void> {
  let calls = 0;
  return async () => {
    calls += 1;
    if (calls === 2) await step(calls);
  };
}

const beforeSeal =
  (what: () => Promise<void>): Around =>
  ({ batches, statistics }) => {
    const now = atSecond(what);
    const seal = async (batch: Batch, xid: string) => {
      await now();
      return batches.seal(batch, xid);
    };
    return { batches: { ...batches, seal }, statistics };
  };
const afterSeal =
  (what: () => Promise<void>): Around =>
  ({ batches, statistics }) => {
    const now = atSecond(what);
    const seal = async (batch: Batch, xid: string) => {
      const sealed = await batches.seal(batch, xid);
      await now();
      return sealed;
    };
    return { batches: { ...batches, seal }, statistics };
  };
const afterCommit =
  (what: () => Promise<void>): Around =>
  ({ batches, statistics }) => {
    const now = atSecond(what);
    const removeWritten = async (id: string, xid: string) => {
      await now();
      return batches.removeWritten(id, xid);
    };
    return { batches: { ...batches, removeWritten }, statistics };
  };

for (const [moment, around] of Object.entries({
  'before the seal': beforeSeal,
  'between seal and commit': afterSeal,
  'between commit and removal': afterCommit,
}))
  for (const [what, server] of [
    ['PostgreSQL', () => postgres],
    ['Redis', () => redis],
  ] as const)
    test(`${what} is killed ${moment}: nothing is lost, and nothing is counted twice`, async () => {
      const flusher = await setUp(
        around(async () => {
          await server().kill();
          await server().restart();
        }),
      );
      const { errors, flushed } = await flusher.flush();
      // After the seal a flush gets by without Redis, and after the commit without PostgreSQL.
      if (moment === 'before the seal' || (what === 'PostgreSQL' && moment === 'between seal and commit'))
        assert.ok(errors.length > 0);
      assert.ok(flushed > 0);
      await waitUntil('Redis', () => flusher.redis.ping());
      await endsExact(flusher);
    });

// With one writer, and a log that nobody else flushes meanwhile.
test('the id of a transaction that PostgreSQL forgets in a crash is given out again; ours are kept', async () => {
  let sealed: string | undefined;
  const flusher = await setUp(
    ({ batches, statistics }) => ({
      batches: {
        ...batches,
        seal: async (batch: Batch, xid: string) => {
          if (sealed !== undefined) return batches.seal(batch, xid);
          sealed = xid;
          await batches.seal(batch, xid);
          await postgres.kill();
          await postgres.restart();
          // Others go on, and get the next ids.
          for (let commit = 0; commit < 5; commit += 1)
            await postgres.query('UPDATE repository SET description = description WHERE id = 1');
          return true;
        },
      },
      statistics,
    }),
    { writers: 1 },
  );
  const { errors } = await flusher.flush();
  assert.ok(errors.length > 0);
  assert.equal(await flusher.statistics.fateOf(sealed!), 'aborted');
  await endsExact(flusher);
});

test('a process that hangs in a transaction loses its session, locks included, and the batch is written later', async () => {
  const flusher = await setUp(
    afterSeal(async () => {
      await waitUntil('the end of the session', async () => {
        const sessions = await postgres.query(
          `SELECT 1 FROM pg_stat_activity WHERE state = 'idle in transaction' AND application_name = 'pullmetrics-worker'`,
        );
        return sessions.length === 0;
      });
    }),
    { idleLimitMs: 300, besidePython: true, writers: 1 },
  );
  assert.ok((await flusher.flush()).errors.length > 0);
  await endsExact(flusher);
});

test('Redis is frozen: a flush ends in bounded time, and the next makes it good', async () => {
  const flusher = await setUp();
  redis.signal('SIGSTOP');
  const begun = performance.now();
  assert.ok((await flusher.flush()).errors.length > 0);
  assert.ok(performance.now() - begun < 20_000);
  redis.signal('SIGCONT');
  await waitUntil('Redis', () => flusher.redis.ping());
  await endsExact(flusher);
});

test('a batch that somebody has taken over is not committed by its earlier owner', async () => {
  const other = await createFlusher({ uri: postgres.uri, redisPort: redis.port, takeOverMs: 0 });
  open.push(other);
  let handedBack = 0;
  const flusher = await setUp(
    beforeSeal(async () => {
      for (const found of await other.batches.findAbandoned()) {
        const batch = await other.batches.takeOver(found);
        if (typeof batch === 'object' && (await other.batches.handBack(batch))) handedBack += 1;
      }
    }),
  );
  const { errors } = await flusher.flush();
  assert.deepEqual(errors, []);
  assert.ok(handedBack > 0);
  await endsExact(flusher);
});

test('stopped in the middle, it finishes what it holds and claims no more', async () => {
  const stop = new AbortController();
  const flusher = await setUp(
    beforeSeal(async () => {
      stop.abort();
      await pause(20);
    }),
  );
  const { errors, claimed, flushed, handedBack } = await flusher.flush(stop.signal);
  assert.deepEqual(errors, []);
  assert.ok(claimed > 0 && claimed === flushed + handedBack);
  assert.ok((await flusher.redis.dbsize()) > 0, 'more had been there');
  assert.equal(await flusher.redis.exists('pull_flush:batches'), 0, 'no batch is left');
  await endsExact(flusher);
});

test('without PostgreSQL what was claimed goes back to where it was, and adds to what came meanwhile', async () => {
  const flusher = await setUp();
  await postgres.kill();
  const keys = (await flusher.redis.keys('*')).sort();
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const { handedBack, openBatches, errors } = await flusher.flush();
    assert.ok(handedBack > 0 && openBatches === 0 && errors.length > 0);
    assert.deepEqual((await flusher.redis.keys('*')).sort(), keys);
  }
  await postgres.restart();
  await endsExact(flusher);
});
