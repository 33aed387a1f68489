import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { removeFolder, temporaryFolder, waitUntil } from '@quay-observability/testkit';
import { AccessInDoubt, blobPath, type BlobStorage, type StorageOptions } from '@quay-observability/storage';
import { storageOf } from './storage-of.ts';

const BLOB = blobPath(`sha256:${'ab'.repeat(32)}`);

test('files are where Quay has them, and go', async (t) => {
  const { root, storage } = local(t);
  await storage.write(BLOB, Buffer.from('a layer'));
  const file = join(root, 'sha256/ab', 'ab'.repeat(32));
  assert.equal(readFileSync(file, 'utf8'), 'a layer');
  assert.equal(await storage.exists(BLOB), true);
  assert.equal(Buffer.from(await storage.read(BLOB)).toString(), 'a layer');
  await storage.remove(BLOB);
  assert.equal(existsSync(file), false);
  assert.equal(await storage.exists(BLOB), false);
  await storage.remove(BLOB);
});

test('a verified location is as it was before', async (t) => {
  const { root, storage } = local(t);
  await storage.verify();
  assert.deepEqual(readdirSync(root), []);
});

test('a folder that cannot be made, and one that is no folder, fail', async (t) => {
  const { root } = local(t);
  writeFileSync(join(root, 'file'), '');
  const storage = storageOf('LocalStorage', { storage_path: join(root, 'file/below') });
  await assert.rejects(() => storage.verify(), { code: 'STORAGE_FAILED', message: /: ENOTDIR$/ });
  assert.equal(await storage.exists(BLOB), false, 'what cannot be there is not there');
});

test('a folder that may not be written to fails', async () => {
  // Not even root writes there.
  const storage = storageOf('LocalStorage', { storage_path: '/proc/sys' });
  await assert.rejects(() => storage.verify(), { code: 'STORAGE_FAILED', message: /cannot write _verify-/ });
});

test('a folder on no volume of its own fails, as in Quay', async (t) => {
  const { root, storage } = local(t, { readMounts: () => Promise.resolve(['/', '/proc']) });
  await assert.rejects(() => storage.verify(), {
    code: 'STORAGE_FAILED',
    message: /is not under a mounted volume\. Registry data must be stored under a mounted volume/,
  });
  assert.deepEqual(readdirSync(root), []);
});

test('a folder is not removed, and a file that is too large not read', async (t) => {
  const { root, storage } = local(t);
  mkdirSync(join(root, 'uploads'));
  await assert.rejects(() => storage.remove('uploads'), { code: 'STORAGE_FAILED' });
  writeFileSync(join(root, 'large'), '');
  truncateSync(join(root, 'large'), 16 * 1024 * 1024 + 1);
  await assert.rejects(() => storage.read('large'), { message: /larger than 16777216 bytes$/ });
});

test('a read that hangs is given up on, and too many of them are refused', async (t) => {
  const { root, storage } = local(t, { timeoutMs: 100, maxPending: 2 });
  const pipe = join(root, 'pipe');
  // Nobody writes to it: to open it is to wait.
  execFileSync('mkfifo', [pipe]);
  try {
    await assert.rejects(() => storage.read('pipe'), { message: /no answer within 100 ms$/ });
    await assert.rejects(() => storage.read('pipe'), { message: /no answer within 100 ms$/ });
    await assert.rejects(() => storage.exists(BLOB), {
      message: /2 earlier accesses still wait for an answer$/,
    });
  } finally {
    await letGo(pipe, storage);
  }
});

test('an access that was given up on says when it has really ended; one that was answered is in no doubt', async (t) => {
  const { root, storage } = local(t, { timeoutMs: 100 });
  const pipe = join(root, 'pipe');
  execFileSync('mkfifo', [pipe]);
  let hasEnded = false;
  let given: AccessInDoubt | undefined;
  try {
    const error = await failureOf(storage.read('pipe'));
    assert.ok(error instanceof AccessInDoubt);
    given = error;
    assert.equal(given.code, 'STORAGE_FAILED');
    void given.ended.then(() => (hasEnded = true));
    await stat('/');
    assert.equal(hasEnded, false);
  } finally {
    await letGo(pipe, storage);
  }
  await given.ended;
  mkdirSync(join(root, 'uploads'));
  assert.equal((await failureOf(storage.remove('uploads'))) instanceof AccessInDoubt, false);
});

test('reads that hang leave threads for the rest of the process, whichever locations they are of', async (t) => {
  const { root, storage } = local(t, { timeoutMs: 100 });
  const pipe = join(root, 'pipe');
  execFileSync('mkfifo', [pipe]);
  try {
    for (let attempt = 0; attempt < 2; attempt += 1)
      await assert.rejects(() => storage.read('pipe'), { message: /no answer within 100 ms$/ });
    const other = local(t, { timeoutMs: 100 });
    for (let attempt = 0; attempt < 4; attempt += 1)
      await assert.rejects(() => other.storage.exists(BLOB), {
        message: /2 earlier accesses still wait for an answer$/,
      });
    await stat('/');
  } finally {
    await letGo(pipe, storage);
  }
});

test('a path that leads elsewhere is refused', async (t) => {
  const { storage } = local(t);
  for (const path of ['../x', '..', 'a/../../x', '/etc/passwd', '', 'a//b', 'a/', './a', 'a\\b', 'a\u0000b'])
    for (const attempt of [
      () => storage.exists(path),
      () => storage.read(path),
      () => storage.remove(path),
      () => storage.write(path, Buffer.from('')),
    ])
      await assert.rejects(attempt, { code: 'STORAGE_PATH_INVALID' });
});

async function failureOf(attempt: Promise<unknown>): Promise<unknown> {
  return attempt.then(
    () => assert.fail('it succeeded'),
    (error: unknown) => error,
  );
}

/** Ends the reads of a pipe, and waits until a location of the process may be asked again. */
async function letGo(pipe: string, storage: BlobStorage): Promise<void> {
  // Both ways: that waits for nobody.
  closeSync(openSync(pipe, 'r+'));
  await waitUntil('the reads to end', () => storage.exists(BLOB).then(() => true));
}

function local(t: TestContext, options: StorageOptions = {}): { root: string; storage: BlobStorage } {
  const root = temporaryFolder('storage');
  t.after(() => removeFolder(root));
  const readMounts = () => Promise.resolve(['/', root]);
  return { root, storage: storageOf('LocalStorage', { storage_path: root }, { readMounts, ...options }) };
}
