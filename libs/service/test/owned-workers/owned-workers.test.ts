import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMetrics } from '@quay-observability/metrics';
import { readServiceOverrides } from '@quay-observability/owner-switch';
import { waitUntil } from '@quay-observability/testkit';
import { ownedWorkers, type OwnedProgram } from '../../src/owned-workers/owned-workers.ts';
import { createDeciders } from '../../src/owner-switches/decide-owner.ts';
import type { OwnerSwitches, SwitchState } from '../../src/owner-switches/owner-switches.ts';
import { createSwitchKeeper } from '../../src/owner-switches/switch-keeper.ts';
import type { HealthCheck } from '@quay-observability/health';
import { captureLog } from '../capture-log.ts';
import { snapshotOf } from '../owner-switches/snapshots.ts';

function appOf(programs: readonly OwnedProgram[]) {
  const keeper = createSwitchKeeper({ forced: false });
  const listeners = new Set<(state: SwitchState) => void>();
  const switches: OwnerSwitches = {
    ...createDeciders({ keeper, overrides: readServiceOverrides([]), count: () => undefined }),
    state: keeper.state,
    onChange: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  let version = 0;
  const publish = (owners: Record<string, string>, more: object = {}) => {
    keeper.accept(snapshotOf((version += 1), owners, more));
    for (const listener of listeners) listener(keeper.state());
  };
  const metrics = createMetrics({ app: 'gc-worker', runtimeMetrics: false });
  const checks: HealthCheck[] = [];
  const captured = captureLog();
  const app = ownedWorkers({
    switches,
    log: captured.log,
    metrics,
    addReadinessCheck: (check) => checks.push(check),
    programs,
  });
  const readiness = async (program: string) => {
    const check = checks.find(({ name }) => name === `worker ${program}`);
    assert.ok(check?.required, `the check of ${program}`);
    return check.check().then(
      () => 'ok',
      (error: unknown) => (error as Error).message,
    );
  };
  const running = async (program: string) => {
    const text = (await metrics.exposition()).body.toString();
    return new RegExp(`^quay_worker_running\\{program="${program}",runtime="go"\\} (\\d)$`, 'm').exec(
      text,
    )?.[1];
  };
  return { app, publish, readiness, running, listeners, ...captured };
}

function countingWork() {
  const calls: string[] = [];
  const note = (what: string) => {
    calls.push(what);
    return Promise.resolve();
  };
  return { calls, work: { start: () => note('start'), stop: () => note('stop') } };
}

test('work of another owner is idle and ready, says so, and follows each change', async () => {
  const { calls, work } = countingWork();
  const { app, publish, readiness, running, lines } = appOf([{ program: 'GCWORKER', work }]);
  publish({});
  await app.start();
  assert.deepEqual(calls, []);
  assert.equal(await running('GCWORKER'), '0');
  assert.equal(await readiness('GCWORKER'), 'ok');
  publish({ WORKER_OWNER_GCWORKER: 'go' });
  await waitUntil('the start', async () => (await running('GCWORKER')) === '1');
  publish({ WORKER_OWNER_GCWORKER: 'off' });
  await waitUntil('the stop', async () => (await running('GCWORKER')) === '0');
  publish({ WORKER_OWNER_GCWORKER: 'off', WORKER_OWNER_GLOBALPROMSTATS: 'go' });
  await app.stop();
  assert.deepEqual(calls, ['start', 'stop']);
  const owners = lines().filter(({ data }) => data.owner !== undefined);
  assert.deepEqual(
    owners.map(({ message, data }) => [message, data.owner, data.source]),
    [
      ['Idle: GCWORKER belongs to python.', 'python', 'default'],
      ['GCWORKER belongs to go.', 'go', 'capability'],
      ['Idle: GCWORKER belongs to off.', 'off', 'capability'],
    ],
  );
});

test('programs of one app follow their own switches', async () => {
  const [gc, namespaces] = [countingWork(), countingWork()];
  const { app, publish, running } = appOf([
    { program: 'GCWORKER', work: gc.work },
    { program: 'NAMESPACEGCWORKER', work: namespaces.work },
  ]);
  publish({ WORKER_OWNER_NAMESPACEGCWORKER: 'go' });
  await app.start();
  await waitUntil('the start', async () => (await running('NAMESPACEGCWORKER')) === '1');
  assert.equal(await running('GCWORKER'), '0');
  assert.deepEqual(gc.calls, []);
  await app.stop();
  assert.deepEqual(namespaces.calls, ['start', 'stop']);
});

test('the kill switch takes the work away', async () => {
  const { calls, work } = countingWork();
  const { app, publish, running } = appOf([{ program: 'GCWORKER', work }]);
  publish({ WORKER_OWNER_GCWORKER: 'go' });
  await app.start();
  await waitUntil('the start', async () => (await running('GCWORKER')) === '1');
  publish({ WORKER_OWNER_GCWORKER: 'go' }, { force_python: true });
  await waitUntil('the stop', async () => (await running('GCWORKER')) === '0');
  await app.stop();
  assert.deepEqual(calls, ['start', 'stop']);
});

test('work that nobody does makes the app unready, with the reason, until another owner has it', async () => {
  const missing = 'garbage collection arrives with milestone M4';
  const { app, publish, readiness, running, lines } = appOf([{ program: 'GCWORKER', missing }]);
  await app.start();
  assert.equal(await readiness('GCWORKER'), 'ok');
  publish({ WORKER_OWNER_GCWORKER: 'go' });
  publish({ WORKER_OWNER_GCWORKER: 'go' });
  assert.equal(
    await readiness('GCWORKER'),
    `nobody does the work of GCWORKER: its owner is go, and ${missing}`,
  );
  assert.equal(await running('GCWORKER'), '0');
  publish({ WORKER_OWNER_GCWORKER: 'python' });
  assert.equal(await readiness('GCWORKER'), 'ok');
  const errors = lines().filter(({ levelname }) => levelname === 'ERROR');
  assert.deepEqual(
    errors.map(({ message }) => message),
    [`Nobody does the work of GCWORKER: its owner is go, and ${missing}.`],
  );
  await app.stop();
});

test('after the end nothing is followed', async () => {
  const { calls, work } = countingWork();
  const { app, publish, listeners } = appOf([{ program: 'GCWORKER', work }]);
  await app.start();
  await app.stop();
  assert.equal(listeners.size, 0);
  publish({ WORKER_OWNER_GCWORKER: 'go' });
  assert.deepEqual(calls, []);
});
