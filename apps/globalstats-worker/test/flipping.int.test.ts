import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import {
  createSwitchFile,
  insertRepositories,
  scrape,
  startApp,
  startPostgres,
  startRedis,
  waitUntil,
  type PostgresServer,
  type RunningApp,
  type Server,
  type SwitchFile,
} from '@quay-observability/testkit';
import { startPythonReporter, type PythonReporter } from './python-reporter.ts';
import { askRedis } from './ask-redis.ts';

/** For a machine that does much else. */
const SLOW = { timeoutMs: 60_000, intervalMs: 50 };

let postgres: PostgresServer;
let redis: Server;
let switches: SwitchFile;
let apps: RunningApp[];
let python: PythonReporter;
before(async () => {
  [postgres, redis] = await Promise.all([startPostgres({ schema: true }), startRedis()]);
  switches = createSwitchFile();
  const env = {
    ...switches.env,
    DB_URI: postgres.uri,
    USER_EVENTS_REDIS: JSON.stringify({ host: '127.0.0.1', port: redis.port }),
    GLOBAL_PROMETHEUS_STATS_FREQUENCY: '1',
  };
  const folder = join(import.meta.dirname, '..');
  apps = await Promise.all([startApp(folder, env), startApp(folder, env)]);
  python = await startPythonReporter(postgres.uri, redis.port);
});
after(async () => {
  await Promise.all([...apps.map((app) => app.stop()), python.stop()]);
  await Promise.all([postgres.stop(), redis.stop()]);
});

/** Users who make repositories without a pause. */
function startLoad() {
  const stopping = new AbortController();
  let made = 0;
  const work = async () => {
    for (; !stopping.signal.aborted; await pause(30)) {
      await insertRepositories(postgres, [`acme/app${made}`]);
      made += 1;
    }
  };
  const ended = work();
  const stop = async () => {
    stopping.abort();
    await ended;
  };
  return { made: () => made, stop };
}

/** What the replicas show. Two may seem to only while one takes over from the other between two scrapes. */
async function shown(): Promise<number | undefined> {
  for (let looks = 0; looks < 3; looks += 1) {
    const samples = await Promise.all(apps.map(({ adminUrl }) => scrape(adminUrl, 'quay_repository_rows')));
    const rows = samples.flatMap((each) => [...each.values()]);
    if (rows.length <= 1) return rows[0];
  }
  assert.fail('two replicas show rows');
}

async function runs(isRunning: boolean): Promise<void> {
  await waitUntil(
    isRunning ? 'work' : 'no work',
    async () => {
      const running = await Promise.all(
        apps.map(
          async ({ adminUrl }) => (await scrape(adminUrl, 'quay_worker_running')).values().next().value,
        ),
      );
      return running.every((value) => value === (isRunning ? 1 : 0));
    },
    SLOW,
  );
}

const give = (owner: 'go' | 'off' | 'python') =>
  switches.publish({ WORKER_OWNER_GLOBALPROMSTATS: owner }, { to: apps });
const isLocked = () => askRedis(redis.port, (client) => client.exists('lock:GLOBAL_PROM_STATS'));

test('go, off and python in turn while rows are made: one of two replicas shows them, or Python alone, or nobody', async (t) => {
  const load = startLoad();
  t.after(() => load.stop());
  for (const owner of ['go', 'off', 'python', 'go', 'python', 'off', 'go'] as const) {
    const before = load.made();
    await give(owner);
    await runs(owner === 'go');
    if (owner === 'go') {
      // Counts of now, and again a moment later.
      const first = await waitUntil(
        'rows',
        async () => ((await shown()) ?? -1) >= before && (await shown()),
        SLOW,
      );
      await waitUntil('newer rows', async () => ((await shown()) ?? -1) > first, SLOW);
      // Python's program, not yet stopped, finds the lock taken.
      for (let round = 0; round < 3; round += 1) assert.equal(await python.report(), null);
      continue;
    }
    for (let round = 0; round < 3; round += 1) {
      assert.equal(await shown(), undefined);
      assert.equal(await isLocked(), 0);
      if (owner === 'python') assert.ok(Number(await python.report()) >= before);
      await pause(100);
    }
  }
  // As fast as they are followed, in the middle of whatever goes on.
  for (const owner of ['python', 'go', 'off', 'go'] as const) {
    await give(owner);
    await shown();
  }
  await load.stop();
  await waitUntil('all rows', async () => (await shown()) === load.made(), SLOW);
  assert.equal(await python.report(), null);
  for (const { process } of apps) assert.doesNotMatch(process.log(), /"(ERROR|WARNING)"/);
});
