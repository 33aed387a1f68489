import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeProcesses } from '../src/processes/describe-processes.ts';
import { createProcessRegister } from '../src/processes/process-register.ts';
import type { ProcessReport } from '../src/processes/process-report.ts';
import { published } from './snapshots.ts';

function report(name: string, pid: number, host = `h${pid}`): ProcessReport {
  return { id: `${name}@${host}:${pid}`, name, host, pid, version: 7, phase: 'fresh', ageSeconds: 0 };
}

function setUp() {
  const clock = { nowMs: 0 };
  let told = 0;
  const register = createProcessRegister({ now: () => clock.nowMs, onFull: () => (told += 1) });
  const poll = (name: string, from: number, to: number, host?: string) => {
    for (let pid = from; pid <= to; pid += 1) register.reported(report(name, pid, host));
  };
  const count = (name: string) => register.records().filter((record) => record.name === name).length;
  const full = () => describeProcesses(published(), register, () => 0, clock.nowMs).full;
  return { clock, register, poll, count, full, told: () => told };
}

test('a flood of invented names hid the processes that are there', () => {
  const { poll, count, full, told } = setUp();
  poll('gunicorn-registry', 1, 10, 'quay-1');
  poll('flood', 1, 5000);
  assert.deepEqual([count('flood'), count('gunicorn-registry')], [190, 10]);
  poll('registry-metrics', 1, 50);
  assert.equal(count('registry-metrics'), 50);
  assert.deepEqual([full(), told()], [true, 1]);
});

test('names that are not ours have 100 places for a host, and 200 in all', () => {
  const { clock, poll, count } = setUp();
  poll('flood', 1, 150, 'one');
  assert.equal(count('flood'), 100);
  poll('other', 1, 150, 'two');
  poll('third', 1, 10, 'three');
  assert.deepEqual([count('flood'), count('other'), count('third')], [100, 100, 0]);
  // Who is silent gives way, on its host first.
  clock.nowMs = 31_000;
  poll('flood', 101, 110, 'one');
  assert.deepEqual([count('flood'), count('other')], [100, 100]);
  poll('third', 1, 10, 'three');
  assert.deepEqual([count('flood') + count('other'), count('third')], [190, 10]);
});

test('a live process of ours takes the place of any other name, and of silent ones of ours; no live one goes', () => {
  const { clock, register, poll, count, full } = setUp();
  poll('flood', 1, 200);
  poll('api-health', 1, 800);
  poll('registry-metrics', 1, 150);
  assert.deepEqual([count('flood'), count('api-health'), count('registry-metrics')], [50, 800, 150]);
  assert.deepEqual([full(), register.takeRemoved().length], [false, 150]);
  poll('registry-metrics', 151, 210);
  assert.deepEqual([count('flood'), count('registry-metrics'), full()], [0, 200, true]);
  clock.nowMs = 31_000;
  poll('registry-metrics', 1, 200);
  poll('gc-worker', 1, 5);
  assert.deepEqual([count('api-health'), count('gc-worker'), register.records().length], [795, 5, 1000]);
  clock.nowMs = 60_001;
  assert.equal(full(), false, 'a minute later');
});

test('what another replica knows finds a place by the same rules, and a silent one takes none from anybody', () => {
  const { clock, register, poll, count } = setUp();
  const other = setUp();
  other.poll('gc-worker', 1, 10);
  other.poll('flood', 1, 200);
  poll('python-web', 1, 200);
  poll('api-health', 1, 800);
  register.merge(other.register.records());
  assert.deepEqual([count('gc-worker'), count('flood'), count('python-web')], [10, 0, 190]);
  clock.nowMs = 31_000;
  const late = setUp();
  late.poll('globalstats-worker', 1, 10);
  register.merge(late.register.records());
  assert.equal(count('globalstats-worker'), 0);
});
