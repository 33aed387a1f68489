import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { endOf, isUnbroken, lineNumbers, startChild, type ChildEnd } from './run-child.ts';

const LINES = 100_000;
const MAX_PENDING_BYTES = 4 * 1024 * 1024;
type Report = { pendingBytes: number; droppedLines: number; problem?: string; mostPendingBytes: number };

function reportIn(stderr: string): Report {
  return JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '') as Report;
}

/** Waited for once, then dropped. */
function assertUnread({ code, stderr }: Pick<ChildEnd, 'code' | 'stderr'>): void {
  assert.equal(code, 0, stderr);
  assert.equal(stderr.match(/nobody reads the log \(EAGAIN\)/g)?.length, 1, stderr);
  assert.match(stderr, /nobody took the last \d+ bytes of the log \(EAGAIN\)/);
  const report = JSON.parse(stderr.split('\n').find((line) => line.startsWith('{')) ?? '') as Report;
  assert.equal(report.problem, 'EAGAIN');
  assert.ok(report.droppedLines > 0);
  assert.ok(report.mostPendingBytes <= MAX_PENDING_BYTES);
}

/** A named pipe and the reading end of it, not yet read from. */
function createFifo(t: TestContext): { path: string; reader: Socket } {
  const folder = mkdtempSync(join(tmpdir(), 'logging-'));
  const path = join(folder, 'fifo');
  execFileSync('mkfifo', [path]);
  const reader = new Socket({
    fd: openSync(path, constants.O_RDONLY | constants.O_NONBLOCK),
    readable: true,
    writable: false,
  });
  t.after(() => {
    reader.destroy();
    rmSync(folder, { recursive: true });
  });
  return { path, reader };
}

for (const [turns, perTurn] of [
  ['in one turn', LINES],
  ['over many turns', 500],
] as const) {
  test(`a non-blocking pipe whose reader starts late, ${LINES} lines ${turns}: nothing lost, memory bounded`, async (t) => {
    const { path, reader } = createFifo(t);
    const child = endOf(startChild('log-to-path.ts', [path, String(LINES), String(perTurn), 'nonblock']));
    await sleep(700);
    const log = await text(reader);
    const end = await child;
    assert.equal(end.code, 0, end.stderr);
    assert.ok(isUnbroken(lineNumbers(log), LINES));
    const report = reportIn(end.stderr);
    assert.equal(report.droppedLines, 0);
    assert.ok(report.mostPendingBytes <= MAX_PENDING_BYTES, `${report.mostPendingBytes} bytes were waiting`);
  });
}

test('a blocking pipe that nobody reads: the process goes on, memory stays bounded, the loss is counted', async (t) => {
  const { path } = createFifo(t);
  const end = await endOf(startChild('log-to-path.ts', [path, String(LINES), '500']));
  assertUnread(end);
});

test('a socket as standard output that nobody reads, as of a service of systemd: the same', async () => {
  const child = startChild('log-to-path.ts', ['-', String(LINES), '500']);
  // What is not asked for stays in the socket.
  child.stdout?.pause();
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  child.stdout?.destroy();
  assertUnread({ code, stderr });
});

test('standard output and standard error are one pipe that nobody reads: the process ends', async (t) => {
  const { path } = createFifo(t);
  const fd = openSync(path, constants.O_WRONLY);
  const child = startChild('log-to-path.ts', ['-', String(LINES), '500'], ['ignore', fd, fd]);
  closeSync(fd);
  // Its own report to standard error fails, as it would in any program that is not told to wait.
  const { code, signal } = await endOf(child);
  assert.deepEqual({ code, signal }, { code: 1, signal: null });
});

test('standard output turned non-blocking by someone else, and process.exit: nothing lost', () => {
  // `process.stdout` does that to a pipe as soon as it is touched.
  const script = `process.stdout; const { createLogger } = await import('./src/index.ts');
    const logger = createLogger({ name: 'child', json: true, debug: false });
    for (let line = 0; line < ${LINES}; line += 1) logger.info('line ' + line);
    process.exit(0);`;
  const command = `"${process.execPath}" --conditions=@quay-observability/source --input-type=module -e "$SCRIPT" | (sleep 0.5; cat)`;
  const log = execFileSync('sh', ['-c', command], {
    cwd: join(import.meta.dirname, '..'),
    env: { ...process.env, SCRIPT: script },
    maxBuffer: 1 << 28,
    encoding: 'utf8',
  });
  assert.ok(isUnbroken(lineNumbers(log), LINES));
});

test('a reader that goes away: the process goes on, says so once, and counts what it drops', async () => {
  const child = startChild('log-to-path.ts', ['-', String(LINES), '500']);
  child.stdout?.once('data', () => child.stdout?.destroy());
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const code = await new Promise((resolve) => child.once('close', resolve));
  assert.equal(code, 0, stderr);
  assert.equal(stderr.match(/log output failed \(EPIPE\)/g)?.length, 1, stderr);
  const report = reportIn(stderr);
  assert.equal(report.problem, 'EPIPE');
  assert.ok(report.droppedLines > 0 && report.pendingBytes === 0);
});

test('a full disk: the process goes on and ends, memory stays bounded, the loss is counted', async () => {
  const end = await endOf(startChild('log-to-path.ts', ['/dev/full', String(LINES), '500']));
  assert.equal(end.code, 0, end.stderr);
  assert.equal(end.stderr.match(/log output failed \(ENOSPC\)/g)?.length, 1, end.stderr);
  assert.match(end.stderr, /nobody took the last \d+ bytes of the log \(ENOSPC\)/);
  const report = JSON.parse(end.stderr.split('\n').find((line) => line.startsWith('{')) ?? '') as Report;
  assert.equal(report.problem, 'ENOSPC');
  assert.ok(report.droppedLines > 0);
  assert.ok(report.mostPendingBytes <= MAX_PENDING_BYTES);
});
