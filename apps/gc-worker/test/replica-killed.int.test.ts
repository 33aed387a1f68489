import assert from 'node:assert/strict';
import { suite, test, type TestContext } from 'node:test';
import { waitUntil, type RunningApp } from '@quay-observability/testkit';
import { danglingReferences, missingFiles, nonZero } from './support/compare-registries.ts';
import { expireLocks, killInTheMiddle, leftLocks } from './support/dead-replica.ts';
import { plainRegistry } from './support/plain-registry.ts';
import { ALL_GO, countedBy, runGcApp } from './support/run-gc-app.ts';
import { startGc, type GcBench } from './support/start-gc.ts';
import { passCleanupTime } from './support/whole-work.ts';

/** For a machine that does much else. */
const SLOW = { timeoutMs: 90_000, intervalMs: 200 };
const MANIFESTS = 400;
const JOB_LOCK_MS = 30_000;
/** Contract section 8, in seconds. */
const CLAIM = 3 * 3600;
const LARGE_LOCK = CLAIM + 60;

/** One repository, all garbage, and two replicas. */
async function startReplicas(t: TestContext, prepare: (gc: GcBench) => Promise<void>) {
  const gc = await startGc();
  const apps: RunningApp[] = [];
  t.after(async () => {
    await Promise.all(apps.map((app) => app.stop()));
    await gc.stop();
  });
  await gc.load(plainRegistry({ manifests: MANIFESTS }));
  await prepare(gc);
  const files = gc.files.list();
  apps.push(...(await Promise.all([runGcApp(gc, ALL_GO), runGcApp(gc, ALL_GO)])));
  return { gc, apps, files };
}

const countOf = async (gc: GcBench, table: string) => {
  const [row] = await gc.postgres.query<{ count: number }>(`SELECT count(*)::int FROM "${table}"`);
  return row!.count;
};

/** Checks what the dead one has left, ends its locks, and waits until the other has done all the rest. */
async function otherFinishes(gc: GcBench, other: RunningApp, files: readonly string[], lock: string) {
  await waitUntil('its connections to end', async () => {
    const [row] = await gc.postgres.query<{ count: number }>(
      `SELECT count(*)::int FROM pg_stat_activity WHERE state <> 'idle' AND application_name = 'gc-worker'`,
    );
    return row!.count === 0;
  });
  const halfway = await gc.dump();
  assert.deepEqual(danglingReferences(halfway), []);
  assert.deepEqual(missingFiles(halfway, files, gc.files.list()), []);
  assert.ok(halfway.manifest.length > 0 && halfway.manifest.length < MANIFESTS);
  const locks = await leftLocks(gc.redisPort);
  const ttl = locks.get(`lock:${lock}`);
  assert.ok(ttl !== undefined && ttl > (LARGE_LOCK - 60) * 1000 && ttl <= LARGE_LOCK * 1000, `${ttl} ms`);
  const jobLocks = [...locks].filter(([key]) => key.endsWith(':lock'));
  assert.ok(jobLocks.length >= 1 && jobLocks.every(([, ms]) => ms > 0 && ms <= JOB_LOCK_MS));
  const blobLocks = [...locks].filter(([key]) => key.startsWith('lock:BLOB_DELETE_'));
  assert.ok(blobLocks.every(([, ms]) => ms > 0 && ms <= 120_000));
  await expireLocks(gc.redisPort, locks);
  await waitUntil('the manifests', async () => (await countOf(gc, 'manifest')) === 0, SLOW);
  await waitUntil(
    'the files',
    async () => {
      await passCleanupTime(gc);
      return gc.files.list().length === 0 && (await countOf(gc, 'queueitem')) === 0;
    },
    { ...SLOW, intervalMs: 1500 },
  );
  const now = await gc.dump();
  assert.deepEqual(danglingReferences(now), []);
  assert.deepEqual([now.tag, now.imagestorage, now.label, now.queueitem], [[], [], [], []]);
  // Those of the dead one have gone with it; each of the others is counted once.
  const { rows } = await countedBy([other]);
  return { now, halfway, rows: nonZero(rows) };
}

suite('of two replicas one is killed', { concurrency: true }, () => {
  test('in the middle of a collection: the other finishes it, once the locks have expired', async (t) => {
    const { gc, apps, files } = await startReplicas(t, () => Promise.resolve());
    const isHalfDone = async () => {
      const left = await countOf(gc, 'manifest');
      return left > 0 && left < MANIFESTS;
    };
    const [other] = await killInTheMiddle(apps, 'GarbageCollectionWorker', isHalfDone);
    const { halfway, rows } = await otherFinishes(gc, other!, files, 'REPO_GARBAGE_COLLECTION_1');
    assert.deepEqual(
      {
        Tag: rows.Tag,
        Manifest: rows.Manifest,
        ManifestBlob: rows.ManifestBlob,
        ImageStorage: rows.ImageStorage,
        ImageStoragePlacement: rows.ImageStoragePlacement,
      },
      {
        Tag: halfway.tag.length,
        Manifest: halfway.manifest.length,
        ManifestBlob: halfway.manifestblob.length,
        ImageStorage: halfway.imagestorage.length,
        ImageStoragePlacement: halfway.imagestorageplacement.length,
      },
    );
    assert.doesNotMatch(gc.postgres.log(), /deadlock/);
  });

  test('in the middle of a purge: its claim lasts three hours, and then the other finishes it', async (t) => {
    const { gc, apps, files } = await startReplicas(t, async ({ postgres }) => {
      await postgres.query('UPDATE repository SET state = 3 WHERE id = 1');
      await postgres.query(
        `INSERT INTO deletedrepository (id, repository_id, marked, original_name) VALUES (9, 1, now(), 'app')`,
      );
      await postgres.query(
        `INSERT INTO queueitem (queue_name, body, available_after, available, retries_remaining, state_id)
         VALUES ('repositorygc/acme/1/', '{"marker_id": 9}', now() AT TIME ZONE 'UTC' - interval '1 minute', true, 5, 'x')`,
      );
    });
    const isHalfDone = async () => {
      const left = await countOf(gc, 'manifest');
      return left > 0 && left < MANIFESTS;
    };
    const [other] = await killInTheMiddle(apps, 'RepositoryGCWorker', isHalfDone);
    const claimed = `available = false AND retries_remaining = 4 AND queue_name LIKE 'repositorygc/%'`;
    const [claim] = await gc.postgres.query<{ seconds: number }>(
      `SELECT extract(epoch FROM processing_expires - now() AT TIME ZONE 'UTC')::int AS seconds
         FROM queueitem WHERE ${claimed}`,
    );
    assert.ok(claim !== undefined && claim.seconds > CLAIM - 60 && claim.seconds <= CLAIM);
    const finished = otherFinishes(gc, other!, files, 'LARGE_GARBAGE_COLLECTION');
    await gc.postgres.query(
      `UPDATE queueitem SET processing_expires = now() AT TIME ZONE 'UTC' WHERE ${claimed}`,
    );
    const { now, halfway, rows } = await finished;
    assert.deepEqual([now.repository, now.deletedrepository], [[], []]);
    assert.deepEqual(
      { Tag: rows.Tag, ManifestBlob: rows.ManifestBlob, ImageStorage: rows.ImageStorage },
      {
        Tag: halfway.tag.length || undefined,
        ManifestBlob: halfway.manifestblob.length,
        ImageStorage: halfway.imagestorage.length,
      },
    );
    assert.equal((await countedBy([other!])).repositories, 1);
    assert.doesNotMatch(gc.postgres.log(), /deadlock/);
  });
});
