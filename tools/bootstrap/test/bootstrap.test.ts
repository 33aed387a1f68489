import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

/** Runs the entry file under a Node that says it is another version. */
function bootstrapUnder(version: string) {
  const pretend = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`;
  return spawnSync(
    process.execPath,
    [
      '--import',
      `data:text/javascript,${encodeURIComponent(pretend)}`,
      join(import.meta.dirname, '../bootstrap.mjs'),
    ],
    { encoding: 'utf8' },
  );
}

test('a Node that is too old is told so', () => {
  for (const version of ['16.20.2', '18.19.0', '20.10.0']) {
    const { status, stderr } = bootstrapUnder(version);
    assert.equal(status, 1);
    assert.match(stderr, /^This needs Node 20\.11 or newer .* is Node \d+\.\d+\.\d+\.\n/);
    assert.ok(stderr.includes(version));
  }
});

test('a newer one goes on, and asks for a command', () => {
  for (const version of ['20.11.0', '24.0.0']) {
    const { status, stderr } = bootstrapUnder(version);
    assert.equal(status, 2);
    assert.match(stderr, /^usage: .* start\|test\|affected/);
  }
});
