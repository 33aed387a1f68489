import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { AccessInDoubt } from '@quay-observability/storage';
import { waitUntil } from '@quay-observability/testkit';
import type { DoomedFile } from '../src/cleanup/cleanup.ts';
import { removeFiles } from '../src/cleanup/remove-files.ts';
import { restingStores } from '../src/programs/resting-stores.ts';
import type { FileRemover, GcContext } from '../src/steps/gc-context.ts';
import { plainRegistry } from './support/plain-registry.ts';
import { digestOf } from './support/random-registry.ts';
import { startLateS3 } from './support/late-s3.ts';
import { NO_SIGNAL, startGc, type GcBench } from './support/start-gc.ts';

const CHECKSUM = digestOf('a blob');
const FILE: DoomedFile = {
  ...{ location: 'local_eu', path: `sha256/${CHECKSUM.slice(7, 9)}/${CHECKSUM.slice(7)}` },
  ...{ checksum: CHECKSUM, shared: true, sizeBytes: 10 },
};

let gc: GcBench;
before(async () => {
  gc = await startGc();
});
after(() => gc.stop());
beforeEach(() => gc.load(plainRegistry({ manifests: 0 })));

function withStore(store: FileRemover): GcContext {
  return { ...gc.context(), stores: new Map([['local_eu', store]]) };
}

async function isLocked(): Promise<boolean> {
  const name = `BLOB_DELETE_${CHECKSUM}`;
  const { outcome } = await gc.context().locks.withLock(name, { ttlSeconds: 5 }, () => Promise.resolve());
  return outcome === 'busy';
}

test('a removal that the storage has not answered keeps its lock, and the file is tried again', async (t) => {
  const s3 = await startLateS3(300);
  t.after(() => s3.stop());
  const context = { ...withStore(s3.storage), doubtMs: 1500 };
  const again = [{ ...FILE, attempted: true }];
  assert.deepEqual(await removeFiles(context, [FILE], NO_SIGNAL), again);
  assert.equal(s3.asked.size, 1);
  // The request was called off, and the server has it: a push that got the lock now could lose its file.
  assert.ok(await isLocked());
  assert.equal(gc.counted().blobs, 0);
  assert.match(gc.messages.join(''), /its lock is kept until nothing can happen any more/);
  // Who tries again too early, in this process or another one, leaves it alone.
  assert.deepEqual(await removeFiles(context, [FILE], NO_SIGNAL), [FILE]);
  assert.equal(s3.asked.size, 1);
  await waitUntil('the lock to be given back', async () => !(await isLocked()));
});

test('a storage that does not answer is left alone for a while', async (t) => {
  const s3 = await startLateS3(300);
  t.after(() => s3.stop());
  const files = Array.from({ length: 40 }, (_, number) => ({
    ...FILE,
    checksum: digestOf(`blob ${number}`),
    path: `sha256/no/${number}`,
  }));
  const context = withStore(s3.storage);
  const { stores, check } = restingStores(context.stores, context.log);
  const left = await removeFiles({ ...context, stores }, files, NO_SIGNAL);
  assert.equal(left.length, 40);
  assert.ok(s3.asked.size <= 8, `${s3.asked.size} asked`);
  await assert.rejects(check(), /local_eu cannot be removed/);
});

test('a call that hangs in the operating system keeps the lock until it returns, and does not hold up the rest', async () => {
  const hanging = Promise.withResolvers<void>();
  const removed: string[] = [];
  const store: FileRemover = {
    remove: (path) => {
      if (path === FILE.path) return Promise.reject(new AccessInDoubt('no answer', hanging.promise));
      removed.push(path);
      return Promise.resolve();
    },
    exists: () => Promise.resolve(true),
  };
  const elsewhere = { ...FILE, location: 'local_us', checksum: digestOf('another'), path: 'sha256/an/other' };
  const stores = new Map(['local_eu', 'local_us'].map((name) => [name, store]));
  const context = { ...gc.context(), stores };
  const left = await removeFiles(context, [FILE, elsewhere], NO_SIGNAL);
  assert.deepEqual([left, removed], [[{ ...FILE, attempted: true }], [elsewhere.path]]);
  assert.ok(await isLocked());
  hanging.resolve();
  await waitUntil('the lock to be given back', async () => !(await isLocked()));
});

test('a storage that says no is in no doubt: the lock is given back at once', async () => {
  const store: FileRemover = {
    remove: () => Promise.reject(new Error('the server answers 403')),
    exists: () => Promise.resolve(true),
  };
  const left = await removeFiles(withStore(store), [FILE], NO_SIGNAL);
  assert.deepEqual(left, [{ ...FILE, attempted: true }]);
  assert.equal(await isLocked(), false);
});
