import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { createBatchWriter, type BatchWriterOptions } from '../src/batch-writer.ts';
import type { LineWriter } from '../src/line-writer.ts';

/** A descriptor that behaves as told: a number is how many bytes it takes at most, a string an error code. */
function createDevice(options: Omit<BatchWriterOptions, 'fd' | 'writeBytes'> = {}) {
  const behaviour: (number | string)[] = [];
  let taken = '';
  let calls = 0;
  const writer = createBatchWriter({
    ...options,
    fd: -1,
    writeBytes: (_fd, bytes, offset, length) => {
      calls += 1;
      const next = behaviour.shift() ?? Number.POSITIVE_INFINITY;
      if (typeof next === 'string') throw Object.assign(new Error(next), { code: next });
      const size = Math.min(next, length);
      taken += Buffer.from(bytes).toString('latin1', offset, offset + size);
      return size;
    },
  });
  return { writer, behaviour, taken: () => taken, calls: () => calls };
}

test('the lines of one turn are one write', async () => {
  const { writer, taken, calls } = createDevice();
  for (let line = 0; line < 100; line += 1) writer.append(`${line}\n`);
  assert.equal(calls(), 0);
  await nextTurn();
  assert.equal(calls(), 1);
  assert.equal(taken().split('\n').length, 101);
});

test('a full batch is written at once', () => {
  const { writer, taken } = createDevice({ batchBytes: 10 });
  writer.append('12345\n');
  assert.equal(taken(), '');
  writer.append('67890\n');
  assert.equal(taken(), '12345\n67890\n');
});

test('partial writes, interruptions and a full pipe neither lose nor repeat a byte', () => {
  const { writer, behaviour, taken } = createDevice();
  behaviour.push(3, 'EINTR', 1, 'EAGAIN', 0, 2, 'EAGAIN', 'EAGAIN');
  writer.append('hello world\n');
  writer.append('second\n');
  writer.flushSync();
  assert.equal(taken(), 'hello world\nsecond\n');
  assert.equal(writer.state().pendingBytes, 0);
});

test('characters of several bytes survive a write that ends within one', () => {
  const { writer, behaviour, taken } = createDevice();
  behaviour.push(1, 1, 1, 1);
  writer.append('é😀\n');
  writer.flushSync();
  assert.equal(Buffer.from(taken(), 'latin1').toString(), 'é😀\n');
});

test('flush waits for a slow reader without blocking', async () => {
  const { writer, behaviour, taken } = createDevice();
  behaviour.push('EAGAIN', 1, 'EAGAIN', 'EAGAIN');
  writer.append('hello\n');
  let turns = 0;
  const ticking = setInterval(() => (turns += 1), 1);
  await writer.flush();
  clearInterval(ticking);
  assert.equal(taken(), 'hello\n');
  assert.ok(turns > 0);
});

test('a reader that lags bounds the memory: the call blocks', () => {
  const { writer, behaviour, taken } = createDevice({ batchBytes: 10, maxPendingBytes: 20 });
  behaviour.push('EAGAIN', 'EAGAIN', 'EAGAIN', 6, 'EAGAIN', 6);
  let expected = '';
  for (let line = 0; line < 8; line += 1) {
    writer.append(`line${line}\n`);
    expected += `line${line}\n`;
    assert.ok(writer.state().pendingBytes <= 20);
  }
  writer.flushSync();
  assert.equal(taken(), expected);
});

test('a reader that takes nothing is waited for once, then lines are dropped, and the loss is written down', async () => {
  const { writer, behaviour, taken } = createDevice({
    batchBytes: 5,
    maxPendingBytes: 12,
    patienceMs: 20,
    retryMs: 5,
    lossLine: (lines, code) => `lost ${lines} ${code}\n`,
  });
  behaviour.push(...Array<string>(10_000).fill('EAGAIN'));
  const beganMs = performance.now();
  for (let line = 0; line < 4; line += 1) writer.append(`line${line}\n`);
  assert.ok(performance.now() - beganMs >= 15);
  assert.deepEqual(writer.state(), { pendingBytes: 12, droppedLines: 2, problem: 'EAGAIN' });
  // Whoever asks now has nothing to wait for.
  const attempts = behaviour.length;
  writer.flushSync();
  await writer.flush();
  assert.equal(behaviour.length, attempts - 2);
  behaviour.length = 0;
  while (!taken().includes('lost')) await sleep(5);
  assert.equal(taken(), 'line0\nline1\nlost 2 EAGAIN\n');
  assert.deepEqual(writer.state(), { pendingBytes: 0, droppedLines: 2, problem: undefined });
});

test('a reader that takes a little now and then is waited for', () => {
  const { writer, behaviour, taken } = createDevice({ patienceMs: 20 });
  for (let byte = 0; byte < 12; byte += 1) behaviour.push('EAGAIN', 'EAGAIN', 'EAGAIN', 1);
  writer.append('hello world\n');
  writer.flushSync();
  assert.equal(taken(), 'hello world\n');
});

for (const [what, flushOf] of [
  ['flush', (writer: LineWriter) => writer.flush(30)],
  ['flushSync', (writer: LineWriter) => writer.flushSync(30)],
] as const) {
  test(`${what} with a limit ends then, whatever is left`, { timeout: 30_000 }, async () => {
    const { writer, behaviour } = createDevice({ patienceMs: 3_600_000 });
    behaviour.push(...Array<string>(100_000).fill('EAGAIN'));
    writer.append('hello\n');
    await flushOf(writer);
    assert.equal(writer.state().pendingBytes, 6);
    behaviour.length = 0;
  });
}

test('a full disk drops beyond the bound, and the loss is written down once there is room again', () => {
  const { writer, behaviour, taken } = createDevice({
    batchBytes: 5,
    maxPendingBytes: 12,
    retryMs: 60_000,
    lossLine: (lines, code) => `lost ${lines} ${code}\n`,
  });
  behaviour.push(2, 'ENOSPC');
  for (let line = 0; line < 5; line += 1) writer.append(`line${line}\n`);
  assert.deepEqual(writer.state(), { pendingBytes: 10, droppedLines: 3, problem: 'ENOSPC' });
  writer.close();
  assert.equal(taken(), 'line0\nline1\nlost 3 ENOSPC\n');
  assert.equal(writer.state().problem, undefined);
});

test('a full disk is tried again by itself', { timeout: 30_000 }, async () => {
  const { writer, behaviour, taken } = createDevice({ retryMs: 5 });
  behaviour.push('ENOSPC', 'ENOSPC');
  writer.append('x\n');
  while (taken() === '') await sleep(5);
  assert.equal(taken(), 'x\n');
});

test('a reader that is gone is not written to again', async () => {
  const { writer, behaviour, calls } = createDevice();
  behaviour.push(2, 'EPIPE');
  writer.append('one\n');
  writer.append('two\n');
  await writer.flush();
  for (let line = 0; line < 1000; line += 1) writer.append('x\n');
  writer.flushSync();
  assert.equal(calls(), 2);
  assert.deepEqual(writer.state(), { pendingBytes: 0, droppedLines: 1002, problem: 'EPIPE' });
});

test('whoever is told of lost lines knows of all, those before included', () => {
  const { writer, behaviour } = createDevice();
  behaviour.push('EPIPE');
  writer.append('one\ntwo\n');
  writer.flushSync();
  const told: number[] = [];
  writer.onDropped((lines) => told.push(lines));
  writer.append('three\n');
  writer.append('four\n');
  assert.deepEqual(told, [2, 1, 1]);
  assert.equal(writer.state().droppedLines, 4);
});

test('after close every line is written by itself', () => {
  const { writer, taken } = createDevice();
  writer.append('a\n');
  writer.close();
  writer.append('b\n');
  assert.equal(taken(), 'a\nb\n');
});

test('on a descriptor that others write to, each write is of whole lines that a pipe takes in one piece', () => {
  const writes: string[] = [];
  const writer = createBatchWriter({
    fd: -1,
    shared: true,
    writeBytes: (_fd, bytes, offset, length) => {
      writes.push(Buffer.from(bytes).toString('utf8', offset, offset + length));
      return length;
    },
  });
  const lines = [...Array(300).keys()].map((at) => `${at} ${'ä'.repeat(at)}\n`);
  lines.splice(150, 0, `${'long'.repeat(2000)}\n`);
  for (const line of lines) writer.append(line);
  writer.flushSync();
  assert.equal(writes.join(''), lines.join(''));
  for (const write of writes) {
    assert.ok(write.endsWith('\n'));
    assert.ok(Buffer.byteLength(write) <= 4096 || write.indexOf('\n') === write.length - 1);
  }
});
