import assert from 'node:assert/strict';
import { chmodSync, chownSync, lstatSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder, waitUntil } from '@quay-observability/testkit';
import { createLastKnownGood } from '../../src/owner-switches/last-known-good.ts';
import { captureLog } from '../capture-log.ts';
import { PULLS_TO_GO, snapshotOf } from './snapshots.ts';

const SOURCE = 'file /conf/switches.yaml';
const FILE = 'last-known-good.json';
const ROOT = process.geteuid?.() === 0;

function storeIn(folder: string, source = SOURCE) {
  const captured = captureLog();
  return { ...captured, store: createLastKnownGood(folder, source, captured.log) };
}

async function keepIn(folder: string, version: number, source = SOURCE) {
  const { store, messages } = storeIn(folder, source);
  store.keep(snapshotOf(version, PULLS_TO_GO).snapshot);
  await store.settled();
  assert.deepEqual(messages(), []);
}

test('a first start finds nothing, and says nothing', async () => {
  const folder = join(temporaryFolder('state'), 'deep', 'gc-worker');
  const { store, messages } = storeIn(folder);
  assert.equal(await store.restore(), undefined);
  assert.deepEqual(messages(), []);
});

test('what one process keeps the next one finds; only its user can read it, and nothing else is left behind', async () => {
  const folder = join(temporaryFolder('state'), 'deep', 'gc-worker');
  await keepIn(folder, 7);
  const { store } = storeIn(folder);
  const restored = await store.restore();
  assert.equal(restored?.version, 7);
  assert.deepEqual([...(restored?.owners ?? [])], Object.entries(PULLS_TO_GO));
  assert.deepEqual(readdirSync(folder), [FILE]);
  assert.equal(lstatSync(join(folder, FILE)).mode & 0o777, 0o600);
  assert.equal(lstatSync(folder).mode & 0o777, 0o700);
  assert.equal(lstatSync(join(folder, '..')).mode & 0o777, 0o700);
});

test('of snapshots in a hurry the last one is kept', async () => {
  const folder = join(temporaryFolder('state'), 'a');
  const { store } = storeIn(folder);
  for (let version = 1; version <= 200; version += 1) store.keep(snapshotOf(version).snapshot);
  await store.settled();
  assert.equal((await storeIn(folder).store.restore())?.version, 200);
});

test('what is kept already is not written again', async () => {
  const folder = join(temporaryFolder('state'), 'a');
  const { store } = storeIn(folder);
  const { snapshot } = snapshotOf(1);
  store.keep(snapshot);
  await store.settled();
  const before = lstatSync(join(folder, FILE)).ino;
  store.keep(snapshot);
  await store.settled();
  assert.equal(lstatSync(join(folder, FILE)).ino, before);
});

test('what another source left is not used, and the log says so', async () => {
  const folder = join(temporaryFolder('state'), 'a');
  await keepIn(folder, 7, 'switch-controller http://elsewhere/');
  const { store, messages } = storeIn(folder);
  assert.equal(await store.restore(), undefined);
  assert.match(
    messages().join(),
    /cannot be used: it comes from another source than file \/conf\/switches\.yaml/,
  );
});

for (const [name, content] of [
  ['damaged', '{"format":"quay-observability owner switches 1"}\n{}\n'],
  ['empty', ''],
  ['of 10 MB', Buffer.alloc(10_000_000)],
] as const)
  test(`a file that is ${name} is not used, and is replaced by the next good snapshot`, async () => {
    const folder = join(temporaryFolder('state'), 'a');
    mkdirSync(folder, { mode: 0o700 });
    writeFileSync(join(folder, FILE), content);
    const { store, lines } = storeIn(folder);
    assert.equal(await store.restore(), undefined);
    assert.deepEqual(
      lines().map(({ levelname, data }) => [levelname, data.code]),
      [['WARNING', 'SNAPSHOT_NOT_KEPT']],
    );
    await keepIn(folder, 8);
    assert.equal((await storeIn(folder).store.restore())?.version, 8);
  });

test('a folder that a platform has opened to a group is closed again', async () => {
  const folder = join(temporaryFolder('state'), 'a');
  await keepIn(folder, 7);
  chmodSync(folder, 0o2770);
  assert.equal((await storeIn(folder).store.restore())?.version, 7);
  assert.equal(lstatSync(folder).mode & 0o777, 0o700);
});

test('a folder that everybody can write to is not trusted, neither to read nor to write', async () => {
  const folder = join(temporaryFolder('state'), 'a');
  await keepIn(folder, 7);
  chmodSync(folder, 0o777);
  const { store, messages } = storeIn(folder);
  assert.equal(await store.restore(), undefined);
  store.keep(snapshotOf(8).snapshot);
  await store.settled();
  assert.match(messages()[0] ?? '', /cannot be used: .* can be written to by everybody/);
  assert.match(messages()[1] ?? '', /cannot be kept on disk\. .* can be written to by everybody/);
});

test('a folder of another user is not trusted', async () => {
  const folder = join(temporaryFolder('state'), 'a');
  mkdirSync(folder);
  // Who may not give a folder away has one that is not theirs anyhow.
  if (ROOT) chownSync(folder, 12_345, 12_345);
  const { store, messages } = storeIn(ROOT ? folder : '/');
  store.keep(snapshotOf(8).snapshot);
  await store.settled();
  assert.match(messages()[0] ?? '', /belongs to another user/);
});

test('a symbolic link in the place of the folder is not followed', async () => {
  const [parent, elsewhere] = [temporaryFolder('state'), temporaryFolder('elsewhere')];
  symlinkSync(elsewhere, join(parent, 'a'));
  const { store, messages } = storeIn(join(parent, 'a'));
  store.keep(snapshotOf(8).snapshot);
  await store.settled();
  assert.deepEqual(readdirSync(elsewhere), []);
  assert.match(messages()[0] ?? '', /is not a folder/);
});

test('a disk that is full is logged once, the old file stays, and it is tried again with each good poll', async () => {
  const folder = join(temporaryFolder('state'), 'a');
  await keepIn(folder, 7);
  const { store, lines } = storeIn(folder);
  const { snapshot } = snapshotOf(8);
  // The kernel's own full disk, in the place of the file that is to be renamed.
  const temporary = join(folder, `${FILE}.${hostname()}-${process.pid}.tmp`);
  for (let poll = 0; poll < 3; poll += 1) {
    symlinkSync('/dev/full', temporary);
    store.keep(snapshot);
    await store.settled();
  }
  assert.deepEqual(
    lines().map(({ levelname, message, data }) => [levelname, message, data.code]),
    [
      [
        'WARNING',
        `The last known good owner switches cannot be kept on disk. ${join(folder, FILE)}: ENOSPC`,
        'SNAPSHOT_NOT_KEPT',
      ],
    ],
  );
  assert.equal((await storeIn(folder).store.restore())?.version, 7);
  store.keep(snapshot);
  await store.settled();
  assert.equal(lines().at(-1)?.message, 'The last known good owner switches are on disk again.');
  assert.equal((await storeIn(folder).store.restore())?.version, 8);
});

test('a state folder that cannot be made is logged, and no more', async () => {
  const file = join(temporaryFolder('state'), 'file');
  writeFileSync(file, '');
  const { store, messages } = storeIn(join(file, 'gc-worker'));
  assert.equal(await store.restore(), undefined);
  store.keep(snapshotOf(8).snapshot);
  await store.settled();
  assert.equal(messages().length, 2);
  assert.ok(messages().every((message) => message.includes('ENOTDIR')));
});

test('a reader finds a whole file at every moment', async () => {
  const folder = join(temporaryFolder('state'), 'a');
  await keepIn(folder, 1);
  const { store } = storeIn(folder);
  let version = 1;
  let reads = 0;
  await waitUntil(
    '200 reads',
    async () => {
      store.keep(snapshotOf((version += 1), PULLS_TO_GO).snapshot);
      for (let at = 0; at < 10; at += 1) {
        const reader = storeIn(folder);
        assert.ok(await reader.store.restore(), reader.messages().join());
        reads += 1;
      }
      return reads >= 200;
    },
    { intervalMs: 0 },
  );
  await store.settled();
});
