import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  readServiceOverrides,
  type RouteDecision,
  type WorkerDecision,
} from '@quay-observability/owner-switch';
import { createDeciders } from '../../src/owner-switches/decide-owner.ts';
import { createSwitchKeeper, type SwitchKeeperOptions } from '../../src/owner-switches/switch-keeper.ts';
import { PULL, PULLS_TO_GO, snapshotOf } from './snapshots.ts';

function keeperWith(options: Partial<SwitchKeeperOptions> = {}) {
  let nowMs = 1_000_000;
  const keeper = createSwitchKeeper({ forced: false, nowMs: () => nowMs, ...options });
  const counted: (RouteDecision | WorkerDecision)[] = [];
  const deciders = createDeciders({
    keeper,
    overrides: readServiceOverrides(['gcworker=false']),
    count: (decision) => counted.push(decision),
  });
  const pass = (seconds: number) => (nowMs += seconds * 1000);
  const route = () => {
    const { owner, source } = deciders.route(PULL);
    return `${owner} ${source}`;
  };
  const worker = (program: 'GCWORKER' | 'GLOBALPROMSTATS') => {
    const { owner, source } = deciders.worker(program);
    return `${owner} ${source}`;
  };
  return { keeper, counted, pass, route, worker };
}

test('before anything is known everything belongs to python, and says that it is fail-closed', () => {
  const { keeper, route, worker } = keeperWith();
  assert.equal(keeper.phase(), 'fail-closed');
  assert.equal(route(), 'python fail-closed');
  assert.equal(worker('GLOBALPROMSTATS'), 'python fail-closed');
  assert.equal(worker('GCWORKER'), 'python fail-closed');
});

test('a poll that fails before anything is known changes nothing', () => {
  const { keeper } = keeperWith();
  keeper.distrust();
  assert.equal(keeper.phase(), 'fail-closed');
});

test('a snapshot is in force once it is polled', () => {
  const { keeper, route, worker } = keeperWith();
  assert.equal(
    keeper.accept(snapshotOf(3, { ...PULLS_TO_GO, WORKER_OWNER_GLOBALPROMSTATS: 'go' })),
    'changed',
  );
  assert.deepEqual(keeper.report(), { version: 3, phase: 'fresh', ageSeconds: 0 });
  assert.equal(route(), 'go capability');
  assert.equal(worker('GLOBALPROMSTATS'), 'go capability');
  assert.equal(worker('GCWORKER'), 'off default');
});

test('after a poll that failed the last known good decides, and says so; the next good poll makes it fresh', () => {
  const { keeper, route, worker } = keeperWith();
  keeper.accept(snapshotOf(3, { ...PULLS_TO_GO, WORKER_OWNER_GLOBALPROMSTATS: 'go' }));
  keeper.distrust();
  assert.equal(route(), 'go last-known-good');
  assert.equal(worker('GLOBALPROMSTATS'), 'go last-known-good');
  assert.equal(keeper.accept('unchanged'), 'unchanged');
  assert.equal(route(), 'go capability');
});

test('what was restored from disk decides as the last known good until a poll confirms it', () => {
  const { keeper, route } = keeperWith();
  keeper.restore(snapshotOf(7, PULLS_TO_GO).snapshot);
  assert.equal(route(), 'go last-known-good');
  assert.equal(keeper.accept(snapshotOf(7, PULLS_TO_GO)), 'unchanged');
  assert.equal(route(), 'go capability');
});

test('an owner that is not known, and the kill switch, are told as such in every phase', () => {
  const { keeper, route } = keeperWith();
  keeper.accept(snapshotOf(1, { ROUTE_OWNER_CAP_V2_PULL: 'rust' }));
  keeper.distrust();
  assert.equal(route(), 'python fail-closed');
  keeper.accept(snapshotOf(2, PULLS_TO_GO, { force_python: true }));
  keeper.distrust();
  assert.equal(route(), 'python force');
});

test('the kill switch of the environment wins over every snapshot and in every phase', () => {
  const { keeper, route } = keeperWith({ forced: true });
  assert.equal(route(), 'python force');
  keeper.accept(snapshotOf(1, PULLS_TO_GO));
  assert.equal(route(), 'python force');
  assert.equal(keeper.state().snapshot.forcePython, true);
  assert.equal(keeper.known()?.forcePython, false);
  keeper.distrust();
  assert.equal(route(), 'python force');
});

test('a lower version is refused, from a restored one too, and names both', () => {
  const { keeper, route } = keeperWith();
  keeper.restore(snapshotOf(7, PULLS_TO_GO).snapshot);
  assert.throws(() => keeper.accept(snapshotOf(6)), {
    code: 'SNAPSHOT_REFUSED',
    message: 'Version 6 of the owner switches is lower than version 7, which is in force',
  });
  assert.equal(route(), 'go last-known-good');
});

test('the same version with other switches is refused and names them', () => {
  const { keeper, route } = keeperWith();
  keeper.accept(snapshotOf(7, PULLS_TO_GO));
  assert.throws(() => keeper.accept(snapshotOf(7, { ROUTE_OWNER_CAP_V2_PULL: 'python' })), {
    code: 'SNAPSHOT_REFUSED',
    message: /Version 7 .* in force with other content \(ROUTE_OWNER_CAP_V2_PULL\)/,
  });
  assert.throws(() => keeper.accept(snapshotOf(7, PULLS_TO_GO, { force_python: true })), /force_python/);
  assert.throws(
    () => keeper.accept(snapshotOf(7, PULLS_TO_GO, { canaries: { percent: 1 } })),
    /canaries\.percent/,
  );
  assert.equal(route(), 'go capability');
});

test('the same version with the same switches, written by another hand, changes nothing', () => {
  const { keeper } = keeperWith();
  keeper.accept(snapshotOf(7, PULLS_TO_GO));
  assert.equal(keeper.accept(snapshotOf(7, PULLS_TO_GO, { reason: 'spelling' })), 'unchanged');
});

test('a source with nothing new cannot confirm what nobody knows', () => {
  const { keeper } = keeperWith();
  assert.throws(() => keeper.accept('unchanged'), { code: 'SNAPSHOT_UNAVAILABLE' });
  assert.equal(keeper.phase(), 'fail-closed');
});

test('the age is that of the last successful poll and grows while polls fail', () => {
  const { keeper, pass } = keeperWith();
  pass(4);
  assert.equal(keeper.report().ageSeconds, 4);
  keeper.accept(snapshotOf(1));
  assert.equal(keeper.report().ageSeconds, 0);
  pass(10);
  keeper.distrust();
  assert.throws(() => keeper.accept({ ...snapshotOf(1, PULLS_TO_GO) }));
  pass(30);
  assert.equal(keeper.report().ageSeconds, 40);
  keeper.accept('unchanged');
  assert.equal(keeper.report().ageSeconds, 0);
});

test('an old confirmation was counted as one of now: age and phase tell how old it is', () => {
  const { keeper, pass, route } = keeperWith();
  assert.equal(keeper.accept(snapshotOf(1, PULLS_TO_GO), 30), 'changed');
  assert.deepEqual(keeper.report(), { version: 1, phase: 'fresh', ageSeconds: 30 });
  assert.equal(keeper.accept('unchanged', 30.001), 'unchanged');
  assert.equal(keeper.report().ageSeconds, 30, 'what was known before stays known');
  pass(1);
  keeper.accept('unchanged', 31.001);
  assert.deepEqual(keeper.report(), { version: 1, phase: 'last-known-good', ageSeconds: 31 });
  assert.equal(route(), 'go last-known-good');
  keeper.accept('unchanged', 2);
  assert.deepEqual(keeper.report(), { version: 1, phase: 'fresh', ageSeconds: 2 });
  keeper.accept('unchanged', -5);
  assert.equal(keeper.report().ageSeconds, 0, 'never from the future');
  keeper.accept(snapshotOf(2), 40);
  assert.deepEqual(keeper.report(), { version: 2, phase: 'last-known-good', ageSeconds: 40 });
});

test('a restored snapshot that is confirmed as of long ago is as old as that, and not as the process', () => {
  const { keeper, pass } = keeperWith();
  keeper.restore(snapshotOf(7).snapshot);
  pass(2);
  assert.equal(keeper.accept(snapshotOf(7), 50), 'unchanged');
  assert.deepEqual(keeper.report(), { version: 7, phase: 'last-known-good', ageSeconds: 50 });
});

test('what was restored from disk does not count as a poll', () => {
  const { keeper, pass } = keeperWith();
  pass(2);
  keeper.restore(snapshotOf(7).snapshot);
  assert.equal(keeper.report().ageSeconds, 2);
});

test('switches that never change do not age', () => {
  const { keeper, pass, route } = keeperWith({
    fixed: { ...snapshotOf(1, PULLS_TO_GO).snapshot, version: 0 },
  });
  pass(1000);
  assert.deepEqual(keeper.report(), { version: 0, phase: 'fresh', ageSeconds: 0 });
  assert.equal(route(), 'go capability');
});

test('every decision is counted as it was given', () => {
  const { keeper, counted, route, worker } = keeperWith();
  keeper.accept(snapshotOf(1, PULLS_TO_GO));
  route();
  keeper.distrust();
  route();
  worker('GCWORKER');
  assert.deepEqual(
    counted.map(({ capability, owner, source }) => [capability, owner, source]),
    [
      ['V2_PULL', 'go', 'capability'],
      ['V2_PULL', 'go', 'last-known-good'],
      ['GCWORKER', 'off', 'last-known-good'],
    ],
  );
});
