import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { waitUntil, type RunningApp } from '@quay-observability/testkit';
import { parseCleanup } from '../src/cleanup/cleanup.ts';
import type { BucketPlace } from './support/buckets.ts';
import { fileOf, missingFiles, nonZero } from './support/compare-registries.ts';
import { createGate } from './support/gate.ts';
import { startReference, type Reference } from './support/gc-reference.ts';
import { plainRegistry } from './support/plain-registry.ts';
import { ALL_GO, countedBy, localStorage, runGcApp, type StorageConfig } from './support/run-gc-app.ts';
import { registryOfNow } from './support/registry-of-now.ts';
import { EU, SLOW, startS3Bench, US, type S3Bench } from './support/s3-bench.ts';
import { releaseAllLocks } from './support/start-gc.ts';
import { passCleanupTime, queueMarked, wholeWork, type Expected } from './support/whole-work.ts';

const RULES = { keepImmutableTags: true, quota: 'invalidate' } as const;

let bench: S3Bench;
let reference: Reference;
let app: RunningApp | undefined;
before(async () => {
  bench = await startS3Bench();
  reference = startReference();
});
afterEach(async () => {
  bench.aws.signal('SIGCONT');
  await app?.stop();
  app = undefined;
});
after(async () => {
  reference.stop();
  await bench.stop();
});

async function start(storage: StorageConfig): Promise<RunningApp> {
  await app?.stop();
  app = await runGcApp(bench.gc, ALL_GO, storage);
  return app;
}

/** Loads a random registry with its queue items; resolves to what must be left of it. */
async function loadRandom(
  seed: number,
  places: readonly BucketPlace[],
): Promise<Expected & { before: string[] }> {
  const registry = registryOfNow(seed, { marked: true });
  await bench.load(registry, places);
  const before = await bench.files(places);
  const tables = await bench.gc.dump();
  const expected = await wholeWork(reference, registry, RULES, { tables, files: before });
  await queueMarked(bench.gc, registry);
  return { ...expected, before };
}

/** Waits until the rows are done, and only files are left to be removed. */
async function rowsAreDone({ tables }: Pick<Expected, 'tables'>): Promise<void> {
  await waitUntil(
    'the rows',
    async () => {
      const { queueitem, ...now } = await bench.gc.dump();
      const { queueitem: items, ...expected } = tables;
      assert.deepEqual(now, expected);
      const others = queueitem.filter(({ queue_name: name }) => name !== 'gccleanup/');
      assert.deepEqual(others, items);
      return queueitem.length > others.length;
    },
    SLOW,
  );
}

/** The app again, when minutes have passed. */
async function retries(storage: StorageConfig): Promise<void> {
  await app?.stop();
  app = undefined;
  await passCleanupTime(bench.gc);
  await start(storage);
}

function ofLocation(location: string, files: readonly string[]): string[] {
  return files.filter((file) => file.startsWith(`${location}/`));
}

const logOf = (of: RunningApp) => of.process.log().split('\n');
const readyz = async () => {
  const response = await fetch(`${app!.adminUrl}/readyz?verbose`);
  return { status: response.status, text: await response.text() };
};
const logged = (what: RegExp) => logOf(app!).filter((line) => what.test(line)).length;
const LATER = /could not be removed; it is tried again/;
const TROUBLE = /Files of DISTRIBUTED_STORAGE_CONFIG\.local_eu cannot be removed/;

test('S3 is down: rows and the files elsewhere go, none that is in use is lost, and all is made good', async (t) => {
  const gate = await createGate(bench.aws.port);
  t.after(() => gate.shut());
  const expected = await loadRandom(42, [EU]);
  await gate.shut();
  const storage = {
    ...localStorage(bench.gc),
    local_eu: bench.amazon({ endpoint_url: `http://127.0.0.1:${gate.port}` }),
  };
  await start(storage);
  await rowsAreDone(expected);
  // Also the copies of what lies in the bucket.
  await waitUntil('the files elsewhere', async () => {
    assert.deepEqual(ofLocation('local_us', await bench.files([EU])), ofLocation('local_us', expected.files));
    return true;
  });
  const now = await bench.files([EU]);
  assert.deepEqual(missingFiles(await bench.gc.dump(), expected.before, now), []);
  assert.deepEqual(ofLocation('local_eu', now), ofLocation('local_eu', expected.before));
  assert.equal(logged(TROUBLE), 1);
  const { status, text } = await readyz();
  assert.equal(status, 200);
  assert.match(text, /\[!\]storage locations degraded: .*local_eu cannot be removed: .*ECONNREFUSED/);
  const inTrouble = await countedBy([app!]);

  await gate.open();
  await retries(storage);
  await bench.settles(expected, [EU]);
  const { rows, repositories, namespaces } = inTrouble;
  assert.deepEqual(nonZero(rows), expected.rows);
  assert.deepEqual([repositories, namespaces], [expected.repositories, expected.namespaces]);
  assert.match((await readyz()).text, /\[\+\]storage locations ok/);
  assert.equal(logged(LATER), 0);
});

test('S3 hangs: collection goes on, no blob that is taken up is lost unnoticed, and all is made good', async () => {
  const { gc, aws } = bench;
  const registry = plainRegistry({ repositories: 3, manifests: 40 });
  await bench.load(registry, [EU]);
  const storage = { ...localStorage(gc), local_eu: bench.amazon() };
  await start(storage);
  await waitUntil('the first files to go', async () => (await countedBy([app!])).blobs > 0, {
    intervalMs: 5,
  });
  aws.signal('SIGSTOP');
  // 280 files, each with a limit of 5 s, 8 at once: one after the other they take 3 minutes.
  await waitUntil('the rows', async () => (await gc.dump()).imagestorage.length === 0, SLOW);
  assert.ok(logged(LATER) < 60, `${logged(LATER)} warnings`);
  await app!.stop();
  // Pushes have found the files that are left, and take the blobs up; of some the removal is still on its way.
  const items = (await gc.dump()).queueitem.map(({ body }) => parseCleanup(String(body)));
  const waiting = new Set(items.flatMap(({ files }) => files.map(({ checksum }) => checksum)));
  const blobs = registry.tables.imagestorage!.filter((blob) => waiting.has(String(blob.content_checksum)));
  assert.ok(blobs.length > 100);
  const ids = new Set(blobs.map(({ id }) => id));
  const placements = registry.tables.imagestorageplacement!.filter(({ storage_id: id }) =>
    ids.has(Number(id)),
  );
  for (const [table, rows] of Object.entries({ imagestorage: blobs, imagestorageplacement: placements }))
    await gc.postgres.query(
      `INSERT INTO ${table} SELECT * FROM json_populate_recordset(NULL::${table}, $1)`,
      [JSON.stringify(rows)],
    );
  aws.signal('SIGCONT');
  // Those of the removals that were not answered.
  await releaseAllLocks(gc.redisPort);
  await retries(storage);
  await waitUntil('the files', async () => (await gc.dump()).queueitem.length === 0, SLOW);
  const files = new Set(await bench.files([EU]));
  const lost = blobs.filter((blob) => !files.has(fileOf(blob, 1)));
  const told = blobs.filter(({ content_checksum: checksum }) =>
    logOf(app!).some((line) => line.includes('has to be pushed again') && line.includes(String(checksum))),
  );
  assert.deepEqual(
    told.map(({ id }) => id),
    lost.map(({ id }) => id),
  );
  assert.equal((await gc.dump()).imagestorage.length, blobs.length);
});

test('wrong keys, and a bucket that is not there: the setting is named, no secret is told, and all is made good', async () => {
  const { aws } = bench;
  const expected = await loadRandom(55, [EU, US]);
  await start({
    local_eu: bench.amazon({ s3_secret_key: 'AnotherSecretEntirely' }),
    local_us: bench.hosted('RadosGWStorage', { bucket_name: 'no-such-bucket' }),
  });
  await rowsAreDone(expected);
  for (const [location, says] of [
    ['local_eu', /local_eu: cannot remove .* the server answers 403/],
    ['local_us', /local_us: cannot remove .* the server answers 404/],
  ] as const) {
    const trouble = new RegExp(`"ERROR".*DISTRIBUTED_STORAGE_CONFIG\\.${location} cannot be removed`);
    await waitUntil('the trouble', () => logged(trouble) === 1, SLOW);
    assert.ok(logged(says) >= 8);
  }
  const { status, text } = await readyz();
  assert.equal(status, 200);
  for (const says of [/\.local_eu cannot be removed: .* 403/, /\.local_us cannot be removed: .* 404/])
    assert.match(text, new RegExp(`\\[!\\]storage locations degraded: .*${says.source}`));
  const metrics = await (await fetch(`${app!.adminUrl}/metrics`)).text();
  const seen = [app!.process.log(), text, metrics].join('\n');
  for (const secret of [aws.keys.secretAccessKey, 'AnotherSecretEntirely']) assert.ok(!seen.includes(secret));
  assert.deepEqual(await bench.files([EU, US]), expected.before);
  await retries({ local_eu: bench.amazon(), local_us: bench.hosted('RadosGWStorage') });
  await bench.settles(expected, [EU, US]);
});

test('parameters that are missing keep it from starting, and are named without the values of the others', async () => {
  const storage = { local_eu: bench.amazon({ s3_bucket: '', s3_secret_key: undefined }) };
  await assert.rejects(start(storage), (error: Error) => {
    assert.match(error.message, /DISTRIBUTED_STORAGE_CONFIG\.local_eu\.s3_bucket/);
    assert.match(error.message, /DISTRIBUTED_STORAGE_CONFIG\.local_eu\.s3_secret_key/);
    assert.ok(!error.message.includes(bench.aws.keys.accessKeyId));
    return true;
  });
});
