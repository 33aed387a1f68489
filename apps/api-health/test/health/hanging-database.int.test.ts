import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { waitUntil } from '@quay-observability/testkit';
import { askHealth, debugSession } from './ask-health.ts';
import { SECRET, startHealthStage, type HealthStage, type NewRuntime } from './health-stage.ts';

/** How long a probe may take while the database hangs. */
const ANSWER_MS = 4000;

let stage: HealthStage;
let runtime: NewRuntime;
before(async () => {
  stage = await startHealthStage();
  runtime = await stage.startNew({ HEALTH_CHECKER: ['LocalHealthCheck', { instance_skips: [] }] });
});
after(async () => {
  await runtime.app.stop();
  await stage.stop();
});

async function probe(path = '/health/instance', headers: Record<string, string> = {}) {
  const start = performance.now();
  const { status, body } = await askHealth(runtime.url, path, { headers });
  return { status, body, tookMs: performance.now() - start };
}

/** Connections that probes hold. */
async function probesAtDatabase(): Promise<number> {
  const [row] = await stage.postgres.query<{ count: string }>(
    `SELECT count(*) FROM pg_stat_activity WHERE application_name = 'api-health probe'`,
  );
  return Number(row?.count);
}

const openFiles = () => readdirSync(`/proc/${runtime.app.process.pid}/fd`).length;

async function storm(probes: number, atOnce: number): Promise<Map<number, number>> {
  const statuses = new Map<number, number>();
  let left = probes;
  const one = async () => {
    while (left > 0) {
      left -= 1;
      const { status } = await probe();
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  return statuses;
}

test('a database that hangs is told within 4 s; the rest is served, and it is well again without a restart', async (t) => {
  const session = await debugSession(runtime.url, SECRET);
  assert.equal((await probe()).status, 200);
  stage.postgres.signal('SIGSTOP');
  try {
    const hanging = probe('/health/instance', session);
    const other = await probe('/health/warning');
    assert.equal(other.status, 200);
    const { status, body, tookMs } = await hanging;
    t.diagnostic(`database under SIGSTOP: ${status} after ${Math.round(tookMs)} ms`);
    assert.equal(status, 503);
    assert.ok(tookMs < ANSWER_MS, `${tookMs} ms`);
    const { data } = JSON.parse(body) as {
      data: {
        services: Record<string, boolean>;
        services_expanded: Record<string, { failure?: string; message?: string }>;
      };
    };
    assert.match(
      data.services_expanded.database?.failure ?? '',
      /^Could not connect to the database: .*no connection within 3000 ms$/,
    );
    assert.equal(
      data.services_expanded.service_key?.message,
      'Failed to get instance key due to a database issue; skipping check',
    );
    const failed = Object.entries(data.services).filter(([, healthy]) => !healthy);
    assert.deepEqual(failed, [['database', false]]);
    assert.ok(!body.includes('quay:quay'), 'the password of the database');
    // Whoever probes while it hangs gets an answer, too.
    const statuses = await storm(60, 20);
    assert.deepEqual([...statuses], [[503, 60]]);
  } finally {
    stage.postgres.signal('SIGCONT');
  }
  await waitUntil('the database to be well', async () => (await probe()).status === 200);
  await waitUntil('the connections to be closed', async () => (await probesAtDatabase()) === 0);
});

test('1,000 probes by 50 at once leave no connection and no handle behind', async (t) => {
  await probe();
  await waitUntil('the connections to be closed', async () => (await probesAtDatabase()) === 0);
  const before = openFiles();
  const start = performance.now();
  const statuses = await storm(1000, 50);
  t.diagnostic(`1,000 probes in ${Math.round(performance.now() - start)} ms`);
  assert.deepEqual([...statuses], [[200, 1000]]);
  await waitUntil('the connections to be closed', async () => (await probesAtDatabase()) === 0);
  // The pools of the app may have grown or shrunk by their own few.
  await waitUntil('the handles to be closed', () => openFiles() <= before + 5);
  const clients = await redisClients();
  assert.ok(!clients.includes('api-health-probe'), clients);
  const ready = await fetch(`${runtime.app.adminUrl}/readyz`);
  assert.equal(ready.status, 200, await ready.text());
});

function redisClients(): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(stage.redis.port, '127.0.0.1', () => socket.end('CLIENT LIST\r\n'));
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    socket.once('error', reject).once('end', () => resolve(text));
  });
}
