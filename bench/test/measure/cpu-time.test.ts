import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  cpuSecondsOf,
  parseStat,
  threadCpuSecondsOf,
  ticksOfTree,
  withCpuTime,
} from '../../src/measure/cpu-time.ts';

const LINE =
  '4711 (nginx: (work er) S) S 4700 4711 4711 0 -1 4194624 100 0 0 0 250 50 7 3 20 0 1 0 100 1000 10';

test('parseStat finds parent and ticks behind any process name', () => {
  assert.deepEqual(parseStat(LINE), { pid: 4711, parent: 4700, ticks: 310 });
});

test('a process counts with its children and theirs, and with nobody else', () => {
  const all = [
    { pid: 1, parent: 0, ticks: 1000 },
    { pid: 10, parent: 1, ticks: 1 },
    { pid: 11, parent: 10, ticks: 20 },
    { pid: 12, parent: 11, ticks: 300 },
    { pid: 13, parent: 1, ticks: 4000 },
  ];
  assert.equal(ticksOfTree(10, all), 321);
  assert.equal(ticksOfTree(99, all), 0);
});

test('work shows in the CPU time of the process that does it', async () => {
  const usedMicroseconds = () => process.cpuUsage().user + process.cpuUsage().system;
  const work = () => {
    const end = usedMicroseconds() + 100_000;
    while (usedMicroseconds() < end);
    return Promise.resolve('done');
  };
  if (process.platform !== 'linux') {
    await assert.rejects(withCpuTime(process.pid, work), /needs Linux/);
    return;
  }
  const before = threadCpuSecondsOf(process.pid);
  const { cpuSeconds, seconds, result } = await withCpuTime(process.pid, work);
  assert.equal(result, 'done');
  assert.ok(cpuSeconds >= 0.08 && seconds >= 0.08, `${cpuSeconds} s of CPU in ${seconds} s`);
  assert.ok(threadCpuSecondsOf(process.pid) - before >= 0.08);
  assert.ok(cpuSecondsOf(process.pid) > 0);
});
