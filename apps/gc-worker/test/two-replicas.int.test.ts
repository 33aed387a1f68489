import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { scrape, waitUntil, type RunningApp } from '@quay-observability/testkit';
import { assertSameTables, danglingReferences, missingFiles, nonZero } from './support/compare-registries.ts';
import { startReference, type Reference } from './support/gc-reference.ts';
import { ALL_GO, countedBy, runGcApp } from './support/run-gc-app.ts';
import { registryOfNow } from './support/registry-of-now.ts';
import { startGc, type GcBench } from './support/start-gc.ts';
import { passItemTime, queueMarked, wholeWork } from './support/whole-work.ts';

/** Another one on request: `GC_FIRST=14`. */
const SEED = Number(process.env.GC_FIRST ?? 42);
/** For a machine that does much else. */
const SLOW = { timeoutMs: 60_000, intervalMs: 200 };
const RULES = { keepImmutableTags: true, quota: 'invalidate' } as const;
/** Tables of which every row that goes is counted, once. */
const COUNTED_EXACTLY = {
  tag: 'Tag',
  manifestblob: 'ManifestBlob',
  manifestlabel: 'ManifestLabel',
  manifestsecuritystatus: 'ManifestSecurityStatus',
  label: 'Label',
  uploadedblob: 'UploadedBlob',
  imagestorage: 'ImageStorage',
  imagestorageplacement: 'ImageStoragePlacement',
  imagestoragesignature: 'ImageStorageSignature',
} as const;

let gc: GcBench;
let reference: Reference;
const apps: RunningApp[] = [];
before(async () => {
  gc = await startGc();
  reference = startReference();
});
afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.stop()));
});
after(async () => {
  reference.stop();
  await gc.stop();
});

test('two replicas on one registry: nobody is in the other’s way, and each row is counted once', async () => {
  const registry = registryOfNow(SEED, { marked: true, crowded: true });
  await gc.load(registry);
  const before = { tables: await gc.dump(), files: gc.files.list() };
  const { tables, files, ...expected } = await wholeWork(reference, registry, RULES, structuredClone(before));
  assert.ok(expected.blobs > 150 && expected.repositories > 0 && expected.namespaces === 1);
  await queueMarked(gc, registry);
  apps.push(...(await Promise.all([runGcApp(gc, ALL_GO), runGcApp(gc, ALL_GO)])));
  const remaining = await waitUntil(
    'rows and files to be those of the reference',
    async () => {
      const now = await gc.dump();
      assert.deepEqual(danglingReferences(now), []);
      assert.deepEqual(missingFiles(now, before.files, gc.files.list()), []);
      // Whoever found the other at a large collection has put its item off for minutes.
      await passItemTime(gc);
      assertSameTables(now, tables, 'after all work');
      assert.deepEqual(gc.files.list(), files);
      return now;
    },
    SLOW,
  );
  const counted = await countedBy(apps);
  assert.deepEqual({ ...counted, rows: nonZero(counted.rows) }, expected);
  for (const [table, model] of Object.entries(COUNTED_EXACTLY)) {
    const name = table as keyof typeof COUNTED_EXACTLY;
    const gone = before.tables[name].length - remaining[name].length;
    assert.equal(counted.rows[model] ?? 0, gone, table);
  }
  // Which of them gets which tick is chance.
  await waitUntil('both to have done rounds', async () => {
    const samples = await Promise.all(apps.map(({ adminUrl }) => scrape(adminUrl, 'quay_job_runs_total')));
    return samples.every((each) =>
      [...each].some(([sample, runs]) => sample.includes('"completed"') && runs > 0),
    );
  });
  for (const log of [...apps.map(({ process }) => process.log()), gc.postgres.log()])
    assert.doesNotMatch(log, /deadlock/i);
  for (const { process } of apps) assert.doesNotMatch(process.log(), /"ERROR"/);
});
