import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeProcesses } from '../src/processes/describe-processes.ts';
import {
  mergeRecords,
  parseRecord,
  propagationSeconds,
  recordReport,
} from '../src/processes/process-record.ts';
import { createProcessRegister, type ProcessRegister } from '../src/processes/process-register.ts';
import { parseProcessReport, type ProcessReport } from '../src/processes/process-report.ts';
import { published } from './snapshots.ts';

const HEADERS = {
  'x-quay-process-name': 'registry-metrics',
  'x-quay-process-host': 'node-1.example',
  'x-quay-process-id': '4711',
  'x-quay-snapshot-version': '7',
  'x-quay-snapshot-age': '1.250',
  'x-quay-snapshot-state': 'last-known-good',
};

function report(version: number, name = 'registry-metrics'): ProcessReport {
  return { id: `${name}@h:1`, name, host: 'h', pid: 1, version, phase: 'fresh', ageSeconds: 0 };
}

test('the headers of a poll are read as an acknowledgement', () => {
  assert.deepEqual(parseProcessReport(HEADERS), {
    id: 'registry-metrics@node-1.example:4711',
    name: 'registry-metrics',
    host: 'node-1.example',
    pid: 4711,
    version: 7,
    phase: 'last-known-good',
    ageSeconds: 1.25,
  });
});

test('headers that no process of ours sends are no acknowledgement', () => {
  const bad = {
    'x-quay-process-name': ['', 'Registry', 'a b', '<script>', 'x'.repeat(65), undefined],
    'x-quay-process-host': ['', '-x', 'a/b', 'a b', 'h'.repeat(254), undefined],
    'x-quay-process-id': ['0', '-1', '1.5', 'x', '12345678901', undefined],
    'x-quay-snapshot-version': ['-1', '1e3', '', '1234567890123456', undefined],
  };
  for (const [name, values] of Object.entries(bad))
    for (const value of values)
      assert.equal(parseProcessReport({ ...HEADERS, [name]: value }), undefined, `${name}: ${value}`);
});

test('the first report of a version is its acknowledgement, later ones are none', () => {
  const first = recordReport(undefined, report(6), 1000);
  const second = recordReport(first, report(7), 5000);
  const third = recordReport(second, report(7), 9000);
  assert.deepEqual(third.acknowledged, { version: 7, atMs: 5000 });
  assert.deepEqual([third.firstSeenMs, third.lastSeenMs], [1000, 9000]);
});

test('propagation is measured for processes that were there when the version was published', () => {
  const there = recordReport(recordReport(undefined, report(6), 1000), report(7), 5250);
  assert.equal(propagationSeconds(there, 5000), 0.25);
  assert.equal(propagationSeconds(there, 500), null, 'it began afterwards');
  assert.equal(propagationSeconds(there, undefined), null);
  assert.equal(propagationSeconds(there, 6000), 0, 'clocks differ');
});

test('what two replicas know of a process is one record, whichever is asked first', () => {
  const a = recordReport(recordReport(undefined, report(6), 1000), report(7), 5000);
  const b = recordReport(undefined, report(7), 9000);
  for (const merged of [mergeRecords(a, b), mergeRecords(b, a)]) {
    assert.deepEqual([merged.firstSeenMs, merged.lastSeenMs], [1000, 9000]);
    assert.deepEqual(merged.acknowledged, { version: 7, atMs: 5000 });
  }
  assert.deepEqual(parseRecord(a.id, JSON.stringify(a)), a);
  assert.equal(parseRecord('other@h:1', JSON.stringify(a)), undefined);
  for (const text of ['', '{}', 'null', '{"id":"x"}', JSON.stringify({ ...a, lastSeenMs: 'now' })])
    assert.equal(parseRecord(a.id, text), undefined, text);
});

test('a process whose poll is held is there; one that is silent for ten minutes is forgotten', () => {
  let nowMs = 0;
  const register = createProcessRegister({ now: () => nowMs });
  register.reported(report(7, 'held'));
  register.reported(report(7, 'gone'));
  const release = register.held('held@h:1');
  nowMs = 60_000;
  const [gone, held] = describeProcesses(published(), register, () => 0, nowMs).processes;
  assert.deepEqual([gone?.status, held?.status], ['silent', 'current']);
  release();
  nowMs = 600_001;
  assert.deepEqual(forgotten(register), ['gone@h:1']);
  nowMs = 660_001;
  assert.deepEqual(forgotten(register), ['held@h:1']);
  assert.deepEqual(forgotten(register), []);
});

function forgotten(register: ProcessRegister): string[] {
  register.forgetSilent();
  return register.takeRemoved().map(({ id }) => id);
}

test('a change was called done while a silent process still went on with the old version', () => {
  const records = [recordReport(undefined, report(6, 'a'), 0), recordReport(undefined, report(7, 'b'), 0)];
  const register = { records: () => records, isFull: () => false };
  const { pending, silent } = describeProcesses(published(), register, () => 0, 31_000);
  assert.deepEqual([pending, silent], [1, 2]);
});

test('the slowest of those on the published version is told, and how many are missing', () => {
  const records = [
    recordReport(recordReport(undefined, report(6, 'a'), 0), report(7, 'a'), 4000),
    recordReport(recordReport(undefined, report(6, 'b'), 0), report(7, 'b'), 9000),
    recordReport(undefined, report(6, 'c'), 9000),
    recordReport(undefined, report(7, 'd'), 9000),
  ];
  const view = describeProcesses(
    published(),
    { records: () => records, isFull: () => false },
    (version) => (version === 7 ? 2000 : undefined),
    10_000,
  );
  assert.equal(view.slowest_propagation_seconds, 7);
  assert.equal(view.pending, 1);
  assert.deepEqual(
    view.processes.map(({ process_name: name, status, propagation_seconds: seconds }) => [
      name,
      status,
      seconds,
    ]),
    [
      ['a', 'current', 2],
      ['b', 'current', 7],
      ['c', 'behind', null],
      ['d', 'current', null],
    ],
  );
});

test('a process ahead of everything published counted as current, and nobody waited for it', () => {
  const register = createProcessRegister({ now: () => 1000 });
  const { version } = published().snapshot;
  register.reported({ ...report(version + 5), phase: 'last-known-good' });
  const lost = describeProcesses(published(), register, () => 0, 1000);
  assert.deepEqual([lost.pending, lost.processes[0]?.status], [1, 'behind']);
  // Another replica has published it, and confirms it: this one will catch up.
  register.reported(report(version + 5));
  const ahead = describeProcesses(published(), register, () => 0, 1000);
  assert.deepEqual([ahead.pending, ahead.processes[0]?.status], [0, 'current']);
});

test('a process that woke up and acknowledged two versions at once hid how late the first one was', () => {
  const register = createProcessRegister({ now: () => 1000 });
  for (const version of [6, 7, 7, 8]) register.reported(report(version));
  assert.deepEqual(
    register.takeAcknowledged().map(({ acknowledged }) => acknowledged.version),
    [7, 8],
  );
  assert.deepEqual(register.takeAcknowledged(), []);
});
