import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { RunningApp } from '@quay-observability/testkit';
import type { QuotaRule } from '../src/steps/gc-context.ts';
import type { BucketPlace } from './support/buckets.ts';
import { nonZero } from './support/compare-registries.ts';
import { startReference, type Reference } from './support/gc-reference.ts';
import { ALL_GO, countedBy, localStorage, runGcApp, type StorageConfig } from './support/run-gc-app.ts';
import { createRandom } from './support/random.ts';
import { registryOfNow } from './support/registry-of-now.ts';
import { EU, startS3Bench, US, type S3Bench } from './support/s3-bench.ts';
import { queueMarked, wholeWork } from './support/whole-work.ts';

let bench: S3Bench;
let reference: Reference;
let app: RunningApp | undefined;
before(async () => {
  bench = await startS3Bench();
  reference = startReference();
});
afterEach(async () => {
  await app?.stop();
  app = undefined;
});
after(async () => {
  reference.stop();
  await bench.stop();
});

type Case = {
  readonly what: string;
  readonly seed: number;
  readonly places: readonly BucketPlace[];
  readonly quota: QuotaRule;
  readonly storage: () => StorageConfig;
};

/** Quay's drivers, and a registry with several repositories to collect, some marked, and a marked namespace. */
const CASES: readonly Case[] = [
  {
    what: 'S3Storage and RadosGWStorage',
    ...{ seed: 55, places: [EU, US], quota: 'invalidate' },
    storage: () => ({ local_eu: bench.amazon(), local_us: bench.hosted('RadosGWStorage') }),
  },
  {
    what: 'LocalStorage and RHOCSStorage',
    ...{ seed: 42, places: [US], quota: 'subtract' },
    storage: () => ({ ...localStorage(bench.gc), local_us: bench.hosted('RHOCSStorage') }),
  },
];

for (const { what, seed, places, quota, storage } of CASES)
  test(`${what}: what is left in rows and keys, and the counters, are those of the reference`, async () => {
    const { gc, buckets } = bench;
    const registry = registryOfNow(seed, { marked: true });
    await bench.load(registry, places);
    // Somebody has removed some files by hand.
    await buckets.remove(places, createRandom(seed).some([...registry.files], 0.1));
    const before = { tables: await gc.dump(), files: await bench.files(places) };
    const rules = { keepImmutableTags: true, quota } as const;
    const { tables, files, ...expected } = await wholeWork(reference, registry, rules, before);
    assert.ok(expected.blobs > 15 && before.files.length - files.length > 15 && files.length > 40);
    await queueMarked(gc, registry);
    const env = { ...ALL_GO, FEATURE_QUOTA_MANAGEMENT: String(quota === 'subtract') };
    app = await runGcApp(gc, env, storage());
    await bench.settles({ tables, files }, places);
    const counted = await countedBy([app]);
    assert.deepEqual({ ...counted, rows: nonZero(counted.rows) }, expected);
    assert.doesNotMatch(app.process.log(), /"(WARNING|ERROR)"/);
  });
