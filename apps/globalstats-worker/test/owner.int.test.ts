import assert from 'node:assert/strict';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  startApp,
  startPostgres,
  startRedis,
  temporaryFolder,
  waitUntil,
  type PostgresServer,
  type RunningApp,
  type Server,
} from '@quay-observability/testkit';
import { askRedis } from './ask-redis.ts';
import { lockTable, waitingForTable } from './lock-table.ts';
import { randomNumbers, randomRegistry } from './random-registry.ts';

const POLL_SECONDS = 1;
const switches = join(temporaryFolder('switches'), 'switches.json');
let version = 0;

let postgres: PostgresServer;
let redis: Server;
let app: RunningApp;
before(async () => {
  [postgres, redis] = await Promise.all([startPostgres({ schema: true }), startRedis()]);
  await postgres.query(randomRegistry(randomNumbers(7)));
  give('python');
  app = await start();
});
after(async () => {
  await app.stop();
  await Promise.all([postgres.stop(), redis.stop()]);
});

const start = () =>
  startApp(join(import.meta.dirname, '..'), {
    DB_URI: postgres.uri,
    USER_EVENTS_REDIS: JSON.stringify({ host: '127.0.0.1', port: redis.port }),
    SWITCH_SOURCE: 'file',
    SWITCH_FILE: switches,
    SWITCH_STATE_DIR: temporaryFolder('switch-state'),
    SWITCH_POLL_MIN_SECONDS: String(POLL_SECONDS),
    SWITCH_POLL_MAX_SECONDS: String(POLL_SECONDS),
  });

/** Publishes a snapshot, as an operator does. */
function give(owner: 'python' | 'go' | 'off'): void {
  version += 1;
  const snapshot = {
    version,
    updated_at: new Date().toISOString(),
    owners: { WORKER_OWNER_GLOBALPROMSTATS: owner },
  };
  writeFileSync(`${switches}.new`, JSON.stringify(snapshot));
  renameSync(`${switches}.new`, switches);
}

/** What can be seen of the work from outside. */
async function look() {
  const text = await (await fetch(`${app.adminUrl}/metrics`)).text();
  const value = (sample: string) => new RegExp(`^${sample} (.*)$`, 'm').exec(text)?.[1];
  return {
    repositories: value('quay_repository_rows{runtime="go"}'),
    rowGauges: text.match(/^quay_((repository|user|org|robot)_rows|org_mirrors_\w+){/gm)?.length ?? 0,
    running: value('quay_worker_running{program="GLOBALPROMSTATS",runtime="go"}'),
    snapshot: value('quay_switch_snapshot_version{process_name="globalstats-worker",runtime="go"}'),
    locked: await askRedis(redis.port, (client) => client.exists('lock:GLOBAL_PROM_STATS')),
    ready: (await fetch(`${app.adminUrl}/readyz`)).status,
  };
}

/** Waits for the owner's work, or for none, and checks that the app was ready all the time. */
async function settlesAs(working: boolean) {
  let alwaysReady = true;
  const settled = await waitUntil(working ? 'work' : 'no work', async () => {
    const seen = await look();
    alwaysReady &&= seen.ready === 200;
    const isSettled = working ? seen.running === '1' && seen.rowGauges === 6 : seen.running === '0';
    return isSettled && seen.snapshot === String(version) && seen;
  });
  assert.ok(alwaysReady);
  return settled;
}
const IDLE = { repositories: undefined, rowGauges: 0, running: '0', locked: 0, ready: 200 };

test('python, go, python, go, off: rows and lock come and go with the owner, and the app stays ready', async () => {
  const [count] = await postgres.query<{ count: string }>('SELECT count(*)::text FROM repository');
  await waitUntil('the app', async () => (await look()).ready === 200);
  for (const owner of ['python', 'go', 'python', 'go', 'off'] as const) {
    if (version > 1 || owner !== 'python') give(owner);
    const seen = await settlesAs(owner === 'go');
    const work = { ...IDLE, repositories: count?.count, rowGauges: 6, running: '1', locked: 1 };
    assert.deepEqual(seen, { ...(owner === 'go' ? work : IDLE), snapshot: String(version) }, owner);
  }
});

test('taken away in the middle of a slow count: cancelled within the time of a poll, and the lock handed back', async () => {
  const unlock = await lockTable(postgres, 'repository');
  give('go');
  await waitUntil('the count', async () => (await waitingForTable(postgres, 'repository')) === 1);
  assert.equal((await look()).locked, 1);
  const begun = performance.now();
  give('python');
  const seen = await settlesAs(false);
  assert.ok(performance.now() - begun < POLL_SECONDS * 1000 + 2000);
  assert.deepEqual(seen, { ...IDLE, snapshot: String(version) });
  assert.equal(await waitingForTable(postgres, 'repository'), 0);
  await unlock();
});

test('told to end while it reports, the process gives the lock back', async () => {
  give('go');
  await settlesAs(true);
  app.process.signal('SIGTERM');
  const { code } = await app.process.exited;
  assert.equal(code, 0);
  assert.equal(await askRedis(redis.port, (client) => client.exists('lock:GLOBAL_PROM_STATS')), 0);
});

test('killed in the middle of a count, it is followed by another process once the lock is free', async () => {
  app = await start();
  const unlock = await lockTable(postgres, 'repository');
  await waitUntil('the count', async () => (await waitingForTable(postgres, 'repository')) === 1);
  app.process.signal('SIGKILL');
  await app.process.exited;
  await unlock();
  const killed = 'lock:GLOBAL_PROM_STATS';
  // As its time to live does, after ten minutes.
  assert.equal(await askRedis(redis.port, (client) => client.del(killed)), 1);
  app = await start();
  const seen = await waitUntil(
    'the rows',
    async () => {
      const now = await look();
      return now.rowGauges === 6 && now;
    },
    // The count of the dead process is given up first: its lock lasts 30 s, looked for every 10 s.
    { timeoutMs: 90_000 },
  );
  assert.equal(seen.locked, 1);
});

test('told to end while Redis is frozen, the process ends within its grace period', async () => {
  redis.signal('SIGSTOP');
  const told = performance.now();
  app.process.signal('SIGTERM');
  await app.process.exited;
  redis.signal('SIGCONT');
  assert.ok(performance.now() - told < 25_000, `${performance.now() - told} ms`);
  assert.match(app.process.log(), /"Stopped\."/);
});
