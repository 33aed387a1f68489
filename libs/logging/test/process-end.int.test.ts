import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { endOf, isUnbroken, lineNumbers, startChild } from './run-child.ts';

const LINES = 100_000;
const endings: [ending: string, format: string, code: number | null, signal: string | null][] = [
  ['natural', 'json', 0, null],
  ['exit', 'json', 0, null],
  ['exit', 'text', 0, null],
  ['exit-listener', 'json', 0, null],
  ['throw', 'json', 1, null],
  ['reject', 'json', 1, null],
  ['signal', 'json', null, 'SIGTERM'],
];

for (const [ending, format, code, signal] of endings) {
  test(`${LINES} lines to a pipe, then ${ending} (${format}): all arrive, in order, complete`, async () => {
    const end = await endOf(startChild('log-and-end.ts', [ending, String(LINES), format]));
    assert.deepEqual([end.code, end.signal], [code, signal], end.stderr);
    assert.ok(isUnbroken(lineNumbers(end.stdout), LINES));
  });
}

test(`${LINES} lines to a file, then exit: all arrive`, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'logging-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'log');
  const fd = openSync(path, 'a');
  const end = await endOf(startChild('log-and-end.ts', ['exit', String(LINES)], ['ignore', fd, 'pipe']));
  closeSync(fd);
  assert.equal(end.code, 0, end.stderr);
  assert.ok(isUnbroken(lineNumbers(readFileSync(path, 'utf8')), LINES));
});

test('a service that logs on and is told to stop writes all it logged, its last words included', async () => {
  const child = startChild('log-and-end.ts', ['handled-signal']);
  child.stdout?.once('data', () => setTimeout(() => child.kill('SIGTERM'), 100));
  const end = await endOf(child);
  assert.equal(end.code, 0, end.stderr);
  const numbers = lineNumbers(end.stdout);
  assert.ok(numbers.length > 1000 && isUnbroken(numbers, numbers.length));
  assert.match(end.stdout.trimEnd().split('\n').at(-1) ?? '', /"message": "goodbye"/);
});
