import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { startPostgres, startRedis, type PostgresServer, type Server } from '@quay-observability/testkit';
import { createPullLoad } from './pull-load.ts';
import { startPythonFlusher, type PythonFlusher } from './python-flusher.ts';
import { createFlusher, flushAll } from './run-flusher.ts';
import { clearStatistics } from './statistics.ts';

/** Each with an empty database: what two flushers quarrel about are rows that do not exist yet. */
const ROUNDS = Number(process.env.ROUNDS ?? 3);
const ROUND_MS = 1500;

let postgres: PostgresServer;
let redis: Server;
before(async () => {
  [postgres, redis] = await Promise.all([startPostgres({ schema: true }), startRedis()]);
});
after(() => Promise.all([postgres.stop(), redis.stop()]));

test('beside a flusher of Python, on the same keys and rows: every pull is counted once', async (t) => {
  const besidePython = process.env.BESIDE_PYTHON !== 'false';
  let python: PythonFlusher | undefined;
  const ours = await createFlusher({ uri: postgres.uri, redisPort: redis.port, besidePython, batchKeys: 60 });
  const keys = { ours: 0, python: 0, failed: 0 };
  t.after(async () => {
    await python?.stop();
    await ours.close();
  });
  for (let round = 0; round < ROUNDS; round += 1) {
    await clearStatistics(postgres);
    const load = await createPullLoad(postgres, redis.port, { perRound: 60, pauseMs: 3, repositories: 60 });
    t.after(() => load.close());
    python = await startPythonFlusher(redis.port, postgres.uri, 0.01);
    load.start();
    const until = performance.now() + ROUND_MS;
    while (performance.now() < until) {
      const { flushed, errors } = await ours.flush();
      assert.deepEqual(errors, []);
      keys.ours += flushed;
      await pause(5);
    }
    await load.stop();
    const cycles = await python.stop();
    await flushAll(ours);
    for (const { flushed, failed } of cycles) {
      keys.python += flushed;
      keys.failed += failed;
    }
    await load.assertExact(postgres);
  }
  t.diagnostic(`keys: ${keys.ours} ours, ${keys.python} of Python, of whose cycles ${keys.failed} failed`);
  assert.ok(keys.ours > 0 && keys.python > 0, 'both have flushed');
});
