import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test, type TestContext } from 'node:test';
import { waitUntil } from '@quay-observability/testkit';
import { askHealth, debugSession, type HealthAnswer } from './ask-health.ts';
import { KEY_ID, SECRET, startHealthStage, type HealthStage, type Runtimes } from './health-stage.ts';

const PATHS = [
  '/health',
  '/health/instance',
  '/status',
  '/health/endtoend',
  '/health/warning',
  '/health/dbrevision',
];

/** What a test makes of the stage, and how it was before. */
type Situation = {
  name: string;
  keys?: Record<string, unknown>;
  begin?: () => unknown;
  end?: () => unknown;
  /** Statuses of the paths in their order; both runtimes have to answer with them. */
  statuses: readonly number[];
};

let stage: HealthStage;
before(async () => {
  stage = await startHealthStage();
});
after(() => stage.stop());

const whole: Record<string, unknown> = { HEALTH_CHECKER: ['LocalHealthCheck', { instance_skips: [] }] };
const query = (sql: string, ...values: unknown[]) => stage.postgres.query(sql, values);

async function lockTable(seconds: number): Promise<void> {
  query(`BEGIN; LOCK TABLE teamrole; SELECT pg_sleep(${seconds}); COMMIT`).catch(() => undefined);
  await waitUntil('the lock', async () => (await sleepers()).length > 0);
}

async function unlockTable(): Promise<void> {
  for (const { pid } of await sleepers()) await query('SELECT pg_terminate_backend($1)', pid);
}

function sleepers() {
  return query(`SELECT pid FROM pg_stat_activity WHERE query LIKE '%pg_sleep(%' AND wait_event = 'PgSleep'`);
}

const situations = (): Situation[] => [
  { name: 'all is well', statuses: [200, 200, 200, 200, 200, 200] },
  {
    name: 'database stopped',
    begin: () => stage.postgres.kill(),
    end: () => stage.postgres.restart(),
    statuses: [503, 503, 503, 503, 200, 500],
  },
  {
    name: 'database hangs (SIGSTOP)',
    begin: () => stage.postgres.signal('SIGSTOP'),
    end: () => stage.postgres.signal('SIGCONT'),
    statuses: [503, 503, 503, 503, 200, 500],
  },
  {
    name: 'table locked for longer than 5 s',
    begin: () => lockTable(30),
    end: unlockTable,
    statuses: [503, 503, 503, 503, 200, 200],
  },
  {
    name: 'table locked for 4 s',
    begin: () => lockTable(4),
    end: unlockTable,
    statuses: [200, 200, 200, 200, 200, 200],
  },
  {
    name: 'table without rows',
    begin: () => query('ALTER TABLE teamrole RENAME TO away; CREATE TABLE teamrole (LIKE away)'),
    end: () => query('DROP TABLE teamrole; ALTER TABLE away RENAME TO teamrole'),
    statuses: [503, 503, 503, 503, 200, 200],
  },
  {
    name: 'Redis stopped',
    begin: () => stage.redis.kill(),
    end: () => stage.redis.restart(),
    statuses: [503, 503, 503, 503, 200, 200],
  },
  {
    name: 'Redis hangs (SIGSTOP)',
    begin: () => stage.redis.signal('SIGSTOP'),
    end: () => stage.redis.signal('SIGCONT'),
    statuses: [503, 503, 503, 503, 200, 200],
  },
  {
    name: 'service key unknown',
    begin: () => writeFileSync(stage.keyIdFile, 'unknown-ü'),
    end: () => writeFileSync(stage.keyIdFile, KEY_ID),
    statuses: [503, 503, 200, 200, 200, 200],
  },
  {
    name: 'service key expired',
    begin: () =>
      query(`UPDATE servicekey SET expiration_date = now() AT TIME ZONE 'utc' - interval '1 second'`),
    end: () => query(`UPDATE servicekey SET expiration_date = now() AT TIME ZONE 'utc' + interval '1 hour'`),
    statuses: [503, 503, 200, 200, 200, 200],
  },
  {
    name: 'service key not approved',
    begin: () => query('UPDATE servicekey SET approval_id = NULL'),
    end: () => query('UPDATE servicekey SET approval_id = 1'),
    statuses: [503, 503, 200, 200, 200, 200],
  },
  {
    name: 'no file of the service key',
    begin: () => rmSync(stage.keyIdFile),
    end: () => writeFileSync(stage.keyIdFile, KEY_ID),
    statuses: [200, 200, 200, 200, 200, 200],
  },
  {
    name: 'storage not writable',
    begin: () => {
      rmSync(join(stage.storageFolder, 'registry'), { recursive: true, force: true });
      writeFileSync(join(stage.storageFolder, 'registry'), 'a file');
    },
    end: () => rmSync(join(stage.storageFolder, 'registry')),
    statuses: [503, 503, 503, 503, 200, 200],
  },
  {
    name: 'ping of the registry answers 502',
    begin: () => (stage.pingStatus = 502),
    end: () => (stage.pingStatus = 200),
    statuses: [503, 503, 200, 200, 200, 200],
  },
  {
    name: 'another revision of the database',
    begin: () => query(`UPDATE alembic_version SET version_num = 'other'`),
    end: () => query(`UPDATE alembic_version SET version_num = '5b8dc452f5c3'`),
    statuses: [200, 200, 200, 200, 200, 400],
  },
];

const configured: Situation[] = [
  {
    name: 'no disk space (thresholds 1.0)',
    keys: { DISKSPACE_HEALTH_THRESHOLD: 1, DISKSPACE_HEALTH_WARNING_THRESHOLD: 1 },
    statuses: [503, 503, 200, 200, 503, 200],
  },
  {
    name: 'read-only registry, storage not writable',
    keys: {
      REGISTRY_STATE: 'readonly',
      HEALTH_CHECKER_INSTANCE_CHECK_PREFERRED_STORAGE: true,
      DISTRIBUTED_STORAGE_CONFIG: { default: ['LocalStorage', { storage_path: '/dev/null/registry' }] },
    },
    statuses: [200, 200, 200, 200, 200, 200],
  },
  {
    name: 'preferred storage not writable, its skips as by default',
    keys: {
      HEALTH_CHECKER: ['LocalHealthCheck', null],
      HEALTH_CHECKER_INSTANCE_CHECK_PREFERRED_STORAGE: true,
      DISTRIBUTED_STORAGE_CONFIG: { default: ['LocalStorage', { storage_path: '/dev/null/registry' }] },
    },
    statuses: [503, 503, 503, 503, 200, 200],
  },
  {
    name: 'not set up, no billing, not testing',
    keys: { SETUP_COMPLETE: false, FEATURE_BILLING: false, TESTING: false, DISKSPACE_HEALTH_THRESHOLD: 1 },
    statuses: [200, 200, 200, 200, 200, 404],
  },
];

/** One line of the table: each path's status, of both runtimes. */
async function compare(t: TestContext, runtimes: Runtimes, situation: Situation, sessions: Sessions) {
  const cells = await Promise.all(
    PATHS.map(async (path, index) => {
      const bare = await both(runtimes, path);
      const shown = await both(runtimes, path, sessions);
      const label = `${situation.name}: ${path}`;
      assertSameAnswer(bare, label);
      assert.deepEqual(withoutDriverTexts(shown.next), withoutDriverTexts(shown.python), label);
      assert.equal(bare.next.status, situation.statuses[index], label);
      return `${bare.python.status}=${bare.next.status}`;
    }),
  );
  t.diagnostic(`${situation.name.padEnd(56)} ${cells.map((cell) => cell.padEnd(9)).join(' ')}`);
}

type Sessions = { python: Record<string, string>; next: Record<string, string> };
type Pair = { python: HealthAnswer; next: HealthAnswer };

async function both({ python, next }: Runtimes, path: string, sessions?: Sessions): Promise<Pair> {
  const [ofPython, ofNext] = await Promise.all([
    askHealth(python, path, { headers: sessions?.python ?? {} }),
    askHealth(next, path, { headers: sessions?.next ?? {} }),
  ]);
  return { python: ofPython, next: ofNext };
}

function assertSameAnswer({ python, next }: Pair, label: string): void {
  assert.equal(next.status, python.status, label);
  assert.equal(next.body, python.body, label);
  const names = [
    'content-type',
    'content-length',
    'vary',
    ...(next.status < 404 || next.status === 503 ? ['cache-control'] : []),
  ];
  for (const name of names) assert.equal(next.headers[name], python.headers[name], `${label}: ${name}`);
}

/** What a driver or the operating system says of its failure differs; everything before it does not. */
function withoutDriverTexts({ status, body }: HealthAnswer): unknown {
  if (!body.startsWith('{')) return { status, body };
  return {
    status,
    body: body.replaceAll(
      /(Could not connect to the database: |Could not connect to redis: |check failed: |failed with exception )(?:[^"\\]|\\.)*/g,
      '$1...',
    ),
  };
}

test('both runtimes answer the same in every situation', { timeout: 240_000 }, async (t) => {
  const heading = PATHS.map((path) => path.replace('/health/', '').padEnd(9)).join(' ');
  t.diagnostic(`${'Python=new'.padEnd(56)} ${heading}`);
  const runtimes = await stage.start(whole);
  const sessions = {
    python: await debugSession(runtimes.python, SECRET),
    next: await debugSession(runtimes.next, SECRET),
  };
  for (const situation of situations()) {
    await situation.begin?.();
    try {
      await compare(t, runtimes, situation, sessions);
    } finally {
      await situation.end?.();
    }
  }
  await compare(
    t,
    runtimes,
    { name: 'all is well again', statuses: [200, 200, 200, 200, 200, 200] },
    sessions,
  );
  await runtimes.stop();
  for (const situation of configured) {
    const started = await stage.start({ ...whole, ...situation.keys });
    const ownSessions = {
      python: await debugSession(started.python, SECRET),
      next: await debugSession(started.next, SECRET),
    };
    await compare(t, started, situation, ownSessions);
    await started.stop();
  }
});
