import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  insertRepositories,
  startPostgres,
  startRedis,
  type PostgresServer,
  type Server,
} from '@quay-observability/testkit';
import { startPythonFlusher } from './python-flusher.ts';
import { randomEvents } from './random-events.ts';
import { createFlusher } from './run-flusher.ts';
import { clearStatistics, readStatistics } from './statistics.ts';

const ROUNDS = 12;

let postgres: PostgresServer;
let redis: Server;
let repositories: number[];
before(async () => {
  [postgres, redis] = await Promise.all([startPostgres({ schema: true }), startRedis()]);
  repositories = [...(await insertRepositories(postgres, ['org/a', 'org/b', 'org/c'])).values()];
});
after(() => Promise.all([postgres.stop(), redis.stop()]));

test(`both leave the same rows and the same Redis, on ${ROUNDS} rounds of random events`, async () => {
  const python = await startPythonFlusher(redis.port, postgres.uri);
  const ours = await createFlusher({ uri: postgres.uri, redisPort: redis.port, pythonOrphanMs: 0 });
  let seen = 0;
  for (let seed = 1; seed <= ROUNDS; seed += 1) {
    // Twice: into an empty table, and into one that has rows.
    const [first, second] = [randomEvents(seed, repositories), randomEvents(seed + 1000, repositories)];
    const flushBoth = async (flush: () => Promise<void>) => {
      await clearStatistics(postgres);
      for (const events of [first, second]) {
        await ours.redis.flushdb();
        await Promise.all(events.map(({ key, fields }) => ours.redis.hset(key, fields)));
        await flush();
      }
      return { rows: await readStatistics(postgres), left: await ours.redis.keys('*') };
    };
    const theirs = await flushBoth(async () => {
      const cycle = await python.cycle();
      assert.equal(cycle.failed, 0, cycle.error);
    });
    const result = await flushBoth(async () => {
      const { errors } = await ours.flush();
      assert.deepEqual(errors, []);
    });
    assert.deepEqual(result, theirs, `seed ${seed}`);
    assert.deepEqual(theirs.left, []);
    seen += theirs.rows.tags.length;
  }
  assert.ok(seen > 100, 'there was something to compare');
  await python.stop();
  await ours.close();
});
