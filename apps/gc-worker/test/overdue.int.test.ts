import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { settleOverdue } from '../src/cleanup/settle-overdue.ts';
import { restingStores } from '../src/programs/resting-stores.ts';
import { collectRepository } from '../src/repository/collect-repository.ts';
import type { FileRemover, GcContext } from '../src/steps/gc-context.ts';
import { fileOf } from './support/compare-registries.ts';
import { plainRegistry } from './support/plain-registry.ts';
import { digestOf, NOW_MS } from './support/random-registry.ts';
import { NO_SIGNAL, startGc, type GcBench } from './support/start-gc.ts';

/** The longest that a cleanup waits. */
const RETRY_MS = 60 * 60_000;

let gc: GcBench;
before(async () => {
  gc = await startGc();
});
after(() => gc.stop());
// 20 manifests with three blobs each, in one location.
beforeEach(() => gc.load(plainRegistry({ manifests: 20 })));

function contextWith(local: Partial<FileRemover>, retries = 0): GcContext {
  const store: FileRemover = { ...gc.files.stores.get('local_eu')!, ...local };
  const now = () => NOW_MS + retries * (RETRY_MS + 1000);
  return { ...gc.context(), stores: new Map([['local_eu', store]]), now };
}

const away = { remove: () => Promise.reject(new Error('away')) };
const waiting = async () => (await gc.dump()).queueitem.length;

test('of rounds at the same time one takes an overdue cleanup, and each file is counted once', async () => {
  await collectRepository(contextWith(away), 1, NO_SIGNAL);
  assert.ok((await waiting()) > 0);
  const remove: FileRemover['remove'] = async (path, signal) => {
    await pause(5);
    await gc.files.stores.get('local_eu')!.remove(path, signal);
  };
  const round = () => settleOverdue(contextWith({ remove }, 1), NO_SIGNAL);
  await Promise.all([round(), round(), round(), round()]);
  assert.deepEqual([await waiting(), gc.files.list()], [0, []]);
  assert.equal(gc.counted().blobs, 60);
});

test('files that can never be removed do not keep the others, though the location rests because of them', async () => {
  // Those that a cleanup comes to first.
  const blobs = (await gc.dump()).imagestorage;
  const locked = new Set(blobs.slice(-20).map((blob) => fileOf(blob, 1)));
  const remove: FileRemover['remove'] = (path, signal) =>
    locked.has(`local_eu/${path}`)
      ? Promise.reject(new Error('this object is locked'))
      : gc.files.stores.get('local_eu')!.remove(path, signal);
  let clock = 0;
  const context = contextWith({ remove });
  const { stores } = restingStores(context.stores, context.log, () => clock);
  await collectRepository({ ...context, stores }, 1, NO_SIGNAL);
  let rounds = 0;
  for (; gc.files.list().length > locked.size && rounds < 20; rounds += 1) {
    clock += RETRY_MS;
    const later = NOW_MS + (rounds + 1) * (RETRY_MS + 1000);
    await settleOverdue({ ...context, stores, now: () => later }, NO_SIGNAL);
  }
  assert.deepEqual(gc.files.list(), [...locked].sort());
  assert.ok(rounds <= 4, `${rounds} rounds`);
});

test('a location that fails again and again is left alone for a while, and asked again then', async () => {
  let calls = 0;
  let clock = 0;
  let isAway = true;
  const remove: FileRemover['remove'] = (path, signal) => {
    calls += 1;
    if (isAway) return Promise.reject(new Error('away'));
    return gc.files.stores.get('local_eu')!.remove(path, signal);
  };
  const context = contextWith({ remove });
  const { stores, check } = restingStores(context.stores, context.log, () => clock);
  await check();
  await collectRepository({ ...context, stores }, 1, NO_SIGNAL);
  // As many as were under way when it was given up.
  assert.ok(calls >= 8 && calls < 20, `${calls} calls`);
  assert.equal(
    gc.messages.join('').match(/DISTRIBUTED_STORAGE_CONFIG\.local_eu cannot be removed/g)?.length,
    1,
  );
  await assert.rejects(check(), {
    message: 'files of DISTRIBUTED_STORAGE_CONFIG.local_eu cannot be removed: away',
  });
  isAway = false;
  const round = (retries: number) =>
    settleOverdue({ ...context, stores, now: contextWith({}, retries).now }, NO_SIGNAL);
  await round(1);
  assert.equal(gc.files.list().length, 60);
  clock += 20_000;
  await round(2);
  assert.deepEqual([await waiting(), gc.files.list()], [0, []]);
  assert.equal(gc.counted().blobs, 60);
  assert.match(gc.messages.join(''), /DISTRIBUTED_STORAGE_CONFIG\.local_eu can be removed again/);
  await check();
});

test('a copy elsewhere goes although one location fails', async () => {
  const { stores } = gc.context();
  for (const { id, content_checksum: checksum } of (await gc.dump()).imagestorage) {
    await gc.postgres.query('INSERT INTO imagestorageplacement (storage_id, location_id) VALUES ($1, 2)', [
      id,
    ]);
    const hex = String(checksum).slice('sha256:'.length);
    gc.files.write(`local_us/sha256/${hex.slice(0, 2)}/${hex}`);
  }
  const failing = new Map([...stores, ['local_eu', { ...stores.get('local_eu')!, ...away }]]);
  await collectRepository({ ...gc.context(), stores: failing }, 1, NO_SIGNAL);
  const left = gc.files.list();
  assert.deepEqual([left.length, left.filter((file) => file.startsWith('local_us/'))], [60, []]);
  assert.equal(gc.counted().blobs, 60);
});

test('a removal that is carried out late, after a push has taken the blob up, does not go unnoticed', async () => {
  await collectRepository(contextWith(away), 1, NO_SIGNAL);
  const again = ['blob 0 0 1', 'blob 0 1 1'].map(digestOf);
  for (const checksum of again)
    await gc.postgres.query(
      `WITH storage AS (INSERT INTO imagestorage (uuid, cas_path, content_checksum) VALUES ($1, true, $1) RETURNING id)
       INSERT INTO imagestorageplacement (storage_id, location_id) SELECT id, 1 FROM storage`,
      [checksum],
    );
  const [lost, kept] = again.map((checksum) => checksum.slice('sha256:'.length));
  await gc.files.stores.get('local_eu')!.remove(`sha256/${lost!.slice(0, 2)}/${lost}`);
  await settleOverdue(contextWith({}, 1), NO_SIGNAL);
  const log = gc.messages.join('');
  assert.equal(log.match(/has to be pushed again/g)?.length, 1);
  assert.match(log, new RegExp(`has to be pushed again.*${lost}`, 's'));
  assert.deepEqual(gc.files.list(), [`local_eu/sha256/${kept!.slice(0, 2)}/${kept}`]);
  assert.equal(await waiting(), 0);
});
