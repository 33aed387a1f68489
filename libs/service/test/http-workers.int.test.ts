import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { temporaryFolder, waitUntil } from '@quay-observability/testkit';
import { jsonAnswer, startOddController, type OddController } from './owner-switches/odd-controller.ts';
import { PULLS_TO_GO, snapshotJson } from './owner-switches/snapshots.ts';
import { spawnLogged } from './spawn-logged.ts';

const FIXTURE = join(import.meta.dirname, 'fixtures/workers-app.ts');
const START = { timeoutMs: 60_000 };

const children: ChildProcess[] = [];
const controllers: OddController[] = [];
after(async () => {
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(controllers.map((controller) => controller.close()));
});

async function startWorkers(workers: number, env: Record<string, string> = {}) {
  const { child, lines, ended } = spawnLogged(FIXTURE, {
    HTTP_WORKERS: String(workers),
    SWITCH_STATE_DIR: join(temporaryFolder('switches'), 'state'),
    ...env,
  });
  children.push(child);
  const up = await waitUntil(
    'the app to be up',
    () => lines.find(({ message }) => message === 'registry-metrics is up.'),
    START,
  );
  const adminUrl = String(up.data.adminUrl);
  return {
    child,
    lines,
    ended,
    publicUrl: String(up.data.publicUrl),
    pids: up.data.workers as number[],
    adminUrl,
    metric: async (series: string): Promise<number> => {
      const text = await (await fetch(`${adminUrl}/metrics`)).text();
      const line = text.split('\n').find((each) => each.startsWith(`${series} `));
      return Number(line?.slice(series.length + 1));
    },
  };
}

const MISSES = 'quay_cache_misses_total{cache="blob_size",runtime="go"}';

test('what a worker counted before an uncaught error is exposed, and the error is logged by the worker', async () => {
  const app = await startWorkers(2);
  const first = (await (await fetch(`${app.publicUrl}/count`)).json()) as { pid: number };
  assert.ok(app.pids.includes(first.pid));
  await assert.rejects(fetch(`${app.publicUrl}/crash`));
  const restarts = 'quay_http_worker_restarts_total{runtime="go"}';
  await waitUntil('the worker to be replaced', async () => (await app.metric(restarts)) === 1);
  assert.equal(await app.metric(MISSES), 1001);
  assert.match(JSON.stringify(app.lines.find(({ levelname }) => levelname === 'CRITICAL')), /boom/);
  app.child.kill('SIGTERM');
  assert.equal(await app.ended, 0);
  assert.equal(app.lines.at(-1)?.message, 'Stopped.');
});

test('one worker, the default, is the process itself', async () => {
  const app = await startWorkers(1);
  const { pid } = (await (await fetch(`${app.publicUrl}/count`)).json()) as { pid: number };
  assert.equal(pid, app.child.pid);
  assert.equal(await app.metric('quay_http_workers{state="serving",runtime="go"}'), 1);
  app.child.kill('SIGTERM');
  assert.equal(await app.ended, 0);
});

test('probes and checks of several workers are those of the app', async () => {
  const app = await startWorkers(2, { HEALTH_CHECK_SECONDS: '1' });
  const probe = async (path: string) => {
    const response = await fetch(`${app.adminUrl}${path}`);
    return `${response.status} ${await response.text()}`;
  };
  const up = (check: string) => app.metric(`quay_health_check_up{check="${check}",runtime="go"}`);
  assert.equal(await probe('/livez?verbose'), '200 [+]primary event loop ok\nlivez check passed\n');
  assert.equal(await probe('/startupz?verbose'), '200 [+]startup ok\nstartupz check passed\n');
  assert.equal(await probe('/readyz/http-workers'), '200 ok\n');
  assert.equal(await up('http workers'), 1);
  // The workers' own, told by them.
  await waitUntil('the checks of the workers', async () => (await up('event loop')) === 1);
  await waitUntil('that of the primary process', async () => (await up('primary event loop')) === 1);

  process.kill(app.pids[0]!, 'SIGSTOP');
  await waitUntil('the loss', async () => (await up('http workers')) === 0);
  assert.equal(await probe('/readyz/http-workers'), '503 [!]http workers degraded: 1 of 2 serve\n');
  assert.equal((await probe('/readyz')).slice(0, 3), '200');
  assert.equal((await probe('/livez')).slice(0, 3), '200');
  process.kill(app.pids[0]!, 'SIGCONT');
  await waitUntil('the return', async () => (await up('http workers')) === 1);
  app.child.kill('SIGTERM');
  assert.equal(await app.ended, 0);
});

test('each worker acknowledges the owner switches, and the version in force is what the last one has', async () => {
  const released = new Set<number>();
  const held = new Map<number, () => void>();
  const controller = await startOddController((request, response) => {
    const etag = request.headers['if-none-match'];
    const pid = Number(request.headers['x-quay-process-id']);
    const second = () => jsonAnswer(snapshotJson(2, PULLS_TO_GO), '"2-b"')(request, response);
    if (released.has(pid)) {
      // Who has acknowledged the change waits for the next one.
      if (etag !== '"2-b"') second();
    } else if (etag === undefined) jsonAnswer(snapshotJson(1), '"1-a"')(request, response);
    else held.set(pid, second);
  });
  controllers.push(controller);
  const app = await startWorkers(3, {
    SWITCH_SOURCE: 'controller',
    SWITCH_CONTROLLER_URL: controller.url.href,
    SWITCH_POLL_MIN_SECONDS: '15',
    SWITCH_POLL_MAX_SECONDS: '15',
  });
  const acknowledgedBy = (version: string) =>
    new Set(
      controller.requests
        .filter(({ headers }) => headers['x-quay-snapshot-version'] === version)
        .map(({ headers }) => Number(headers['x-quay-process-id'])),
    );
  const release = (pid: number) => {
    released.add(pid);
    held.get(pid)?.();
  };
  // A worker that starts while another one has the change would find it on disk, as a restarted one does.
  const [first, ...others] = await waitUntil(
    'all to wait for a change',
    () => held.size === 3 && [...held.keys()],
  );
  const version = () =>
    app.metric('quay_switch_snapshot_version{process_name="registry-metrics",runtime="go"}');
  release(first!);
  await waitUntil('one to follow', () => acknowledgedBy('2').has(first!));
  assert.equal(await version(), 1);
  for (const pid of others) release(pid);
  await waitUntil('all to follow', () => acknowledgedBy('2').size === 3);
  assert.deepEqual([...acknowledgedBy('2')].sort(), [...app.pids].sort());
  assert.equal(await version(), 2);
  app.child.kill('SIGTERM');
  assert.equal(await app.ended, 0);
});
