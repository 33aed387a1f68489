import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { readConfig } from '@quay-observability/quay-config';
import { temporaryFolder } from '@quay-observability/testkit';
import { createChangedFileReader } from '../../src/config-reload/read-changed-file.ts';

const GOOD = 'TRACKED_NAMESPACES: [acme]\n';

/** A file that a process has started with, and its reader. */
function follow(text: string) {
  const file = join(temporaryFolder('config'), 'config.yaml');
  const env = { QUAYCONF: file };
  /** Long ago, so that it counts as whole at once. */
  const write = (content: string | Uint8Array) => {
    writeFileSync(file, content);
    utimesSync(file, 1, 1);
  };
  write(text);
  const reader = createChangedFileReader(env, readConfig(env));
  const read = async (always = false) => {
    const reading = await reader.read({ always, signal: AbortSignal.timeout(20_000) });
    return reading === undefined ? undefined : [...reading.config.trackedNamespaces.keys()];
  };
  return { file, write, read };
}

test('only a file with another content is read, or one that was asked for', async () => {
  const { write, read } = follow(GOOD);
  assert.equal(await read(), undefined);
  write(GOOD);
  assert.equal(await read(), undefined, 'written to, and still the same');
  assert.deepEqual(await read(true), ['acme']);
  write('TRACKED_NAMESPACES: [acme, umbrella]\n');
  assert.deepEqual(await read(), ['acme', 'umbrella']);
  assert.equal(await read(), undefined);
});

test('what was refused is told once, and again when it is asked for; the good one that returns is read', async () => {
  const { write, read } = follow(GOOD);
  write('TRACKED_NAMESPACES: [');
  await assert.rejects(read(), { code: 'CONFIG_UNREADABLE' });
  assert.equal(await read(), undefined);
  await assert.rejects(read(true), { code: 'CONFIG_UNREADABLE' });
  write(GOOD);
  assert.deepEqual(await read(), ['acme']);
});

test('a file that was away is read when it is back, although nothing in it has changed', async () => {
  const { file, write, read } = follow(GOOD);
  rmSync(file);
  await assert.rejects(read(), { code: 'CONFIG_UNREADABLE' });
  await assert.rejects(read(), { code: 'CONFIG_UNREADABLE' });
  write(GOOD);
  assert.deepEqual(await read(), ['acme']);
});

test('a file of nothing but comments and marks is empty; one that has lost its end mark is cut off', async () => {
  const { write, read } = follow(`${GOOD}DEBUG: true\n...\n`);
  for (const empty of ['', '\n \n', '---\n# nothing\n...\n']) {
    write(empty);
    await assert.rejects(read(), /is empty/);
  }
  write(GOOD);
  await assert.rejects(read(), /has been cut off/);
  write(`${GOOD}...\n`);
  assert.deepEqual(await read(), ['acme']);
});

test('a FIFO is not waited for, and more than 8 MiB are not read', async () => {
  const { file, write, read } = follow(GOOD);
  write(Buffer.alloc(8 * 1024 * 1024 + 1, 'x'));
  await assert.rejects(read(), /is larger than 8388608 bytes/);
  rmSync(file);
  execFileSync('mkfifo', [file]);
  await assert.rejects(read(), { code: 'CONFIG_UNREADABLE' });
});

test('half a file is not taken for a whole one while it is being written', async () => {
  const { file, read } = follow(GOOD);
  writeFileSync(file, 'TRACKED_NAMESPACES:\n- one\n');
  const reading = read();
  await sleep(100);
  writeFileSync(file, 'TRACKED_NAMESPACES:\n- one\n- two\n');
  assert.deepEqual(await reading, ['one', 'two']);
});

test('without a file at the start there is none to miss, and one that appears is read', async () => {
  const folder = temporaryFolder('config');
  const before = process.cwd();
  process.chdir(folder);
  try {
    const reader = createChangedFileReader({}, readConfig({}));
    const signal = AbortSignal.timeout(20_000);
    assert.equal(await reader.read({ always: true, signal }), undefined);
    execFileSync('mkdir', ['-p', 'conf/stack']);
    writeFileSync('conf/stack/config.yaml', GOOD);
    assert.ok((await reader.read({ always: false, signal }))?.config.trackedNamespaces.has('acme'));
    rmSync('conf/stack/config.yaml');
    // It never belonged to what the process runs with.
    assert.equal(await reader.read({ always: false, signal }), undefined);
  } finally {
    process.chdir(before);
  }
});
