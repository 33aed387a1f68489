import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'run-tests-'));
  mkdirSync(join(folder, 'test'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function write(name: string, code: string): void {
  writeFileSync(join(folder, 'test', name), `import { test } from 'node:test';\n${code}\n`);
}

type Summary = { passed: number; failed: number; failures: { name: string; message: string }[] };

/** Runs the tests of the folder as a project's; this run's own context would make node skip them. */
function runTests(...args: string[]): { status: number | null; summary: Summary } {
  const env = { ...process.env };
  delete env.NODE_TEST_CONTEXT;
  const { status } = spawnSync(process.execPath, [join(import.meta.dirname, '../run-tests.mjs'), ...args], {
    cwd: folder,
    env,
    encoding: 'utf8',
    timeout: 60_000,
  });
  const summary = JSON.parse(readFileSync(join(folder, 'test-results/summary.json'), 'utf8')) as Summary;
  return { status, summary };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('counts what passed and failed, and runs only the files asked for', () => {
  write('good.test.ts', `test('adds', () => {});`);
  write('bad.test.ts', `test('breaks', () => { throw new Error('quay_x is 1, not 2'); });`);
  const all = runTests();
  assert.equal(all.status, 1);
  assert.deepEqual([all.summary.passed, all.summary.failed], [1, 1]);
  assert.deepEqual(
    all.summary.failures.map(({ name, message }) => [name, message]),
    [['breaks', 'quay_x is 1, not 2']],
  );
  assert.equal(runTests('good').status, 0);
});

test('a file that hangs is killed with what it started, is named with its test, and the rest runs', async () => {
  write(
    'a-hangs.test.ts',
    `import { spawn } from 'node:child_process';
     import { writeFileSync } from 'node:fs';
     process.on('SIGTERM', () => {});
     test('waits for ever', () => new Promise(() => {
       const child = spawn('sleep', ['1000'], { stdio: 'inherit' });
       writeFileSync('pid', String(child.pid));
     }));`,
  );
  write('b-good.test.ts', `test('adds', () => {});`);
  const { status, summary } = runTests('--file-timeout-ms', '1000');
  assert.equal(status, 1);
  assert.deepEqual(
    summary.failures.map(({ name, message }) => [name, message]),
    [['test/a-hangs.test.ts', 'this file did not end within 1 s, while running: waits for ever']],
  );
  assert.deepEqual([summary.passed, summary.failed], [1, 1]);
  const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
  // Killed, it is still there until whoever inherited it has noticed.
  for (let tries = 0; isAlive(pid) && tries < 100; tries += 1) await sleep(20);
  assert.ok(!isAlive(pid));
});
