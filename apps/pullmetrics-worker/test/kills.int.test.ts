import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { runScript } from '@quay-observability/redis';
import { listBatchesCall, readBatches } from '@quay-observability/redis-contracts';
import { startPostgres, startRedis, type PostgresServer, type Server } from '@quay-observability/testkit';
import { createPullLoad } from './pull-load.ts';
import { createFlusher, flushAll } from './run-flusher.ts';
import { startFlusherProcess, type FlusherProcess } from './start-flusher-process.ts';
import { clearStatistics } from './statistics.ts';

/** By hand: `KILLS=200`. */
const KILLS = Number(process.env.KILLS ?? 15);
/** Most of a flush's steps lie between the first and the last millisecond of this. */
const LONGEST_LIFE_MS = 120;

let postgres: PostgresServer;
let redis: Server;
before(async () => {
  [postgres, redis] = await Promise.all([startPostgres({ schema: true }), startRedis()]);
});
after(() => Promise.all([postgres.stop(), redis.stop()]));

/** Kills flushers at random moments while pulls come in, and has one flush what is left. */
async function survives(
  kills: number,
  { replicas, ...env }: { replicas: number; TAKE_OVER_MS: string; BESIDE_PYTHON?: string },
): Promise<{ found: Record<string, number>; pulls: number }> {
  const load = await createPullLoad(postgres, redis.port, { perRound: 60, pauseMs: 10 });
  const flusher = await createFlusher({ uri: postgres.uri, redisPort: redis.port, takeOverMs: 0 });
  const start = () =>
    startFlusherProcess({ DB_URI: postgres.uri, REDIS_PORT: String(redis.port), BATCH_KEYS: '40', ...env });
  const found = { claimed: 0, sealed: 0, committed: 0 };
  const running: FlusherProcess[] = Array.from({ length: replicas }, start);
  try {
    load.start();
    for (let kill = 0; kill < kills; kill += 1) {
      const victim = running.shift()!;
      // The next one starts meanwhile.
      running.push(start());
      await victim.ready;
      await pause(Math.random() * LONGEST_LIFE_MS);
      await victim.kill();
      for (const batch of readBatches(await runScript(load.redis.client, listBatchesCall()))) {
        if (batch.xid === undefined) found.claimed += 1;
        else
          found[(await flusher.statistics.fateOf(batch.xid)) === 'committed' ? 'committed' : 'sealed'] += 1;
      }
    }
    await load.stop();
    await Promise.all(running.map((each) => each.kill()));
    await flushAll(flusher);
    await load.assertExact(postgres);
    await clearStatistics(postgres);
    return { found, pulls: load.pulls() };
  } finally {
    await load.stop();
    await Promise.all(running.map((each) => each.kill()));
    await Promise.all([load.close(), flusher.close()]);
  }
}

test(`killed ${KILLS} times at random moments: every pull is in the database, once`, async (t) => {
  const { found, pulls } = await survives(KILLS, { replicas: 1, TAKE_OVER_MS: '0' });
  t.diagnostic(`${pulls} pulls; batches found after a kill: ${JSON.stringify(found)}`);
});

test('three replicas that take each other over all the time, and are killed as well', async (t) => {
  const { found, pulls } = await survives(Math.ceil(KILLS / 2), { replicas: 3, TAKE_OVER_MS: '5' });
  t.diagnostic(`${pulls} pulls; batches found after a kill: ${JSON.stringify(found)}`);
});
