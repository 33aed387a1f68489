import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { overdueCleanups } from '../src/cleanup/cleanup-store.ts';
import { settleCleanup } from '../src/cleanup/settle-cleanup.ts';
import { collectOnce } from '../src/programs/collect-once.ts';
import { collectRepository } from '../src/repository/collect-repository.ts';
import { createGarbageFinder } from '../src/repository/find-repository.ts';
import type { FileRemover, GcContext } from '../src/steps/gc-context.ts';
import { plainRegistry } from './support/plain-registry.ts';
import { digestOf, NOW_MS } from './support/random-registry.ts';
import { NO_SIGNAL, startGc, type GcBench } from './support/start-gc.ts';

const LATER_MS = NOW_MS + 3600_000;

let gc: GcBench;
before(async () => {
  gc = await startGc();
});
after(() => gc.stop());
// Two manifests with two blobs of their own each, and one more each.
beforeEach(() => gc.load(plainRegistry({ manifests: 2 })));

/** A round of the program, an hour later: what has been left is overdue. */
function laterRound(): Promise<void> {
  return collectOnce(
    { ...gc.context(), now: () => LATER_MS },
    { finder: createGarbageFinder(), onIteration: () => undefined },
    NO_SIGNAL,
  );
}

function withStore(remove: FileRemover['remove'], more: Partial<FileRemover> = {}): GcContext {
  const store = { remove, exists: () => Promise.resolve(true), ...more };
  return { ...gc.context(), stores: new Map([['local_eu', store]]) };
}

/** As a push does that has not seen the lock. */
function takeUpAgain(): Promise<unknown> {
  return gc.postgres.query(
    `WITH storage AS (
       INSERT INTO imagestorage (uuid, cas_path, content_checksum) VALUES ('again', true, $1) RETURNING id)
     INSERT INTO imagestorageplacement (storage_id, location_id) SELECT id, 1 FROM storage`,
    [digestOf('blob 0 0 1')],
  );
}

async function isAllGone(): Promise<boolean> {
  const { imagestorage, queueitem, manifest } = await gc.dump();
  return [imagestorage, queueitem, manifest, gc.files.list()].every(({ length }) => length === 0);
}

test('files of a storage that fails wait, and are removed in a later round; each is counted once', async () => {
  let calls = 0;
  const fails = withStore(() => Promise.reject(new Error(`the storage is away (${(calls += 1)})`)));
  await collectRepository(fails, 1, NO_SIGNAL);
  assert.equal(calls, 6);
  assert.equal(gc.counted().blobs, 0);
  assert.equal(gc.files.list().length, 6);
  assert.equal((await gc.dump()).imagestorage.length, 0);
  assert.match(gc.messages.join(''), /could not be removed; it is tried again/);
  assert.deepEqual(await gc.database.write((queries) => overdueCleanups(queries, NOW_MS, 10)), []);
  await laterRound();
  assert.ok(await isAllGone());
  assert.equal(gc.counted().blobs, 6);
});

test('a file whose lock somebody else has is left to a later round', async () => {
  const { locks } = gc.context();
  const name = `BLOB_DELETE_${digestOf('blob 0 0 1')}`;
  await locks.withLock(name, { ttlSeconds: 60 }, () => collectRepository(gc.context(), 1, NO_SIGNAL));
  assert.equal(gc.files.list().length, 1);
  await laterRound();
  assert.ok(await isAllGone());
});

test('a blob that is taken up between its row and its file keeps the file', async () => {
  const takenUp = withStore(() => Promise.reject(new Error('away')));
  await collectRepository(takenUp, 1, NO_SIGNAL);
  await takeUpAgain();
  await laterRound();
  assert.equal(gc.files.list().length, 1);
  assert.deepEqual((await gc.dump()).queueitem, []);
});

test('a file of the size of an upload under way waits: Quay may have found it there, without the lock', async () => {
  const upload = (bytes: number) =>
    gc.postgres.query(
      `INSERT INTO blobupload (repository_id, uuid, byte_count, location_id, chunk_count, created)
       VALUES (1, $1, $2, 1, 1, now())`,
      [`upload of ${bytes}`, bytes],
    );
  await upload(11);
  await upload(10);
  await collectRepository(gc.context(), 1, NO_SIGNAL);
  assert.equal(gc.files.list().length, 6);
  assert.equal((await gc.dump()).imagestorage.length, 0);
  await gc.postgres.query('DELETE FROM blobupload WHERE byte_count = 10');
  await laterRound();
  assert.equal(gc.files.list().length, 0);
  assert.equal(gc.counted().blobs, 6);
});

test('a removal that has begun is not called off by a stop, and keeps its lock until it has ended', async () => {
  const stop = new AbortController();
  const removed: string[] = [];
  const isHeld = async (path: string): Promise<boolean> => {
    const name = `BLOB_DELETE_sha256:${path.split('/').at(-1)}`;
    const { outcome } = await gc.context().locks.withLock(name, { ttlSeconds: 5 }, () => Promise.resolve());
    return outcome === 'busy';
  };
  const slow: FileRemover['remove'] = async (path, signal) => {
    stop.abort(new Error('stopped'));
    await pause(200);
    assert.ok(await isHeld(path), `${path} is not locked`);
    assert.equal(signal?.aborted, false);
    removed.push(path);
  };
  await assert.rejects(collectRepository(withStore(slow), 1, stop.signal), /stopped/);
  assert.ok(removed.length >= 1);
  assert.equal(gc.counted().blobs, removed.length);
});

test('a blob that is taken up without the lock while its file goes does not go unnoticed', async () => {
  const remove = async (path: string) => {
    if (path.includes(digestOf('blob 0 0 1').slice('sha256:'.length))) await takeUpAgain();
  };
  await collectRepository(withStore(remove, { exists: () => Promise.resolve(false) }), 1, NO_SIGNAL);
  assert.equal(gc.messages.join('').match(/has to be pushed again/g)?.length, 1);
});

test('a file that a removal took whose answer never came does not go unnoticed either', async () => {
  await collectRepository(
    withStore(() => Promise.reject(new Error('away'))),
    1,
    NO_SIGNAL,
  );
  gc.files.fill([]);
  await takeUpAgain();
  await laterRound();
  assert.equal(gc.messages.join('').match(/has to be pushed again/g)?.length, 1);
  assert.deepEqual((await gc.dump()).queueitem, []);
});

test('cleanups that fail time after time do not keep those behind them from their turn', async () => {
  // More than one round takes, and all of them due before the others.
  await gc.postgres.query(
    `INSERT INTO queueitem (queue_name, body, available_after, available, retries_remaining, state_id)
     SELECT 'gccleanup/', 'not the body of a cleanup', timestamp '2020-01-01', true, 5, 'broken ' || number
       FROM generate_series(1, 60) AS number`,
  );
  await collectRepository(
    withStore(() => Promise.reject(new Error('away'))),
    1,
    NO_SIGNAL,
  );
  assert.equal(gc.files.list().length, 6);
  for (let round = 0; round < 2; round += 1) await laterRound();
  assert.equal(gc.files.list().length, 0);
  const left = (await gc.dump()).queueitem;
  assert.equal(left.length, 60);
  const tries = left.map((row) => Number(row.retries_remaining));
  assert.ok(tries.every((each) => each === 4));
  const failed = gc.counted().postponed.filter((reason) => reason === 'failed');
  assert.equal(failed.length, 60);
});

test('what is left of a cleanup waits: longer if nothing could be done, and for a reason that is counted', async () => {
  const away = withStore(() => Promise.reject(new Error('away')));
  await collectRepository(away, 1, NO_SIGNAL);
  assert.deepEqual(gc.counted().postponed, ['files']);
  const waits = async (): Promise<number> => {
    const [row] = await gc.postgres.query<{ minutes: number }>(
      `SELECT extract(epoch FROM available_after - to_timestamp(${NOW_MS / 1000}) AT TIME ZONE 'UTC')::int / 60 AS minutes
         FROM queueitem`,
    );
    return row!.minutes;
  };
  // Its rows had gone: that was progress.
  const minutes = [await waits()];
  const { queueitem } = await gc.dump();
  for (let attempt = 0; attempt < 5; attempt += 1) {
    await settleCleanup(away, queueitem[0]!.id, NO_SIGNAL);
    minutes.push(await waits());
  }
  assert.deepEqual(minutes, [5, 10, 20, 40, 60, 60]);
  // One of six files can be removed: it is tried sooner again.
  let calls = 0;
  const once = withStore(() => ((calls += 1) === 1 ? Promise.resolve() : Promise.reject(new Error('away'))));
  await settleCleanup(once, queueitem[0]!.id, NO_SIGNAL);
  assert.equal(await waits(), 5);
});

test('a storage row that somebody else holds is waited for, and otherwise left to a later round', async () => {
  await gc.database.transaction(async (queries) => {
    await queries.raw('SELECT FROM imagestorage WHERE id = 1 FOR KEY SHARE');
    await gc.outside(() => collectRepository(gc.context(), 1, NO_SIGNAL));
  });
  assert.deepEqual(
    (await gc.dump()).imagestorage.map(({ id }) => id),
    [1],
  );
  assert.match(gc.messages.join(''), /waits for somebody else, and is finished later/);
  await laterRound();
  assert.ok(await isAllGone());
});

test('without Redis the rows go, and the files wait', async () => {
  const unavailable = { outcome: 'unavailable', error: new Error('Redis is away') } as const;
  const locks: GcContext['locks'] = { withLock: () => Promise.resolve(unavailable) };
  await collectRepository({ ...gc.context(), locks }, 1, NO_SIGNAL);
  assert.equal(gc.files.list().length, 6);
  // Nor does a round collect anything then.
  await gc.load(plainRegistry({ manifests: 2 }));
  await collectOnce(
    { ...gc.context(), locks },
    { finder: createGarbageFinder(), onIteration: () => assert.fail() },
    NO_SIGNAL,
  );
  assert.equal((await gc.dump()).tag.length, 2);
});

test('stopped between two steps it throws the reason, and the next run finishes', async () => {
  const stop = new AbortController();
  const remove: FileRemover['remove'] = () => {
    stop.abort(new Error('stopped'));
    return Promise.reject(new Error('cut off'));
  };
  await assert.rejects(collectRepository(withStore(remove), 1, stop.signal), /stopped/);
  await laterRound();
  assert.ok(await isAllGone());
});
