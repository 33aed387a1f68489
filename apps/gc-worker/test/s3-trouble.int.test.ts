import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { waitUntil, type RunningApp } from '@quay-observability/testkit';
import { fileOf, missingFiles, nonZero } from './support/compare-registries.ts';
import { createGate } from './support/gate.ts';
import { startReference, type Reference } from './support/gc-reference.ts';
import { plainRegistry } from './support/plain-registry.ts';
import { ALL_GO, countedBy, localStorage, runGcApp, type StorageConfig } from './support/run-gc-app.ts';
import { registryOfNow } from './support/registry-of-now.ts';
import { EU, SLOW, startS3Bench, US, type S3Bench } from './support/s3-bench.ts';
import { passRetryTime, queueMarked, wholeWork, type Expected } from './support/whole-work.ts';

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
async function loadRandom(seed: number): Promise<Expected & { before: string[] }> {
  const registry = registryOfNow(seed, { marked: true });
  await bench.load(registry, [EU]);
  const before = await bench.files([EU]);
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

const readyz = async () => {
  const response = await fetch(`${app!.adminUrl}/readyz?verbose`);
  return { status: response.status, text: await response.text() };
};
const logged = (what: RegExp) => app!.process.log().match(new RegExp(what, 'g'))?.length ?? 0;
const LATER = /could not be removed; it is tried again/;
const TROUBLE = /Files of DISTRIBUTED_STORAGE_CONFIG\.local_eu cannot be removed/;

test('S3 is down: rows and the files elsewhere go, none that is in use is lost, and all is made good', async () => {
  const gate = await createGate(bench.aws.port);
  const expected = await loadRandom(42);
  await gate.shut();
  const endpoint = { endpoint_url: `http://127.0.0.1:${gate.port}` };
  await start({ ...localStorage(bench.gc), local_eu: bench.amazon(endpoint) });
  await rowsAreDone(expected);
  // Also the copies of what lies in the bucket, too.
  const here = ({ files }: { files: string[] }) => files.filter((file) => file.startsWith('local_us/'));
  await waitUntil('the files elsewhere', async () => {
    assert.deepEqual(here({ files: await bench.files([EU]) }), here(expected));
    return true;
  });
  const now = await bench.files([EU]);
  assert.deepEqual(missingFiles(await bench.gc.dump(), expected.before, now), []);
  assert.equal(
    now.filter((file) => file.startsWith('local_eu/')).length,
    expected.before.filter((file) => file.startsWith('local_eu/')).length,
  );
  assert.equal(logged(TROUBLE), 1);
  const { status, text } = await readyz();
  assert.equal(status, 200);
  assert.match(
    text,
    /\[!\]storage locations degraded: files of DISTRIBUTED_STORAGE_CONFIG\.local_eu cannot be removed: .*ECONNREFUSED/,
  );

  await gate.open();
  await waitUntil(
    'the files',
    async () => {
      await passRetryTime(bench.gc);
      return logged(/Files of DISTRIBUTED_STORAGE_CONFIG\.local_eu can be removed again/) === 1;
    },
    { ...SLOW, intervalMs: 1000 },
  );
  await passRetryTime(bench.gc);
  await bench.settles(expected, [EU]);
  const { rows, ...counted } = await countedBy([app!]);
  assert.deepEqual(nonZero(rows), expected.rows);
  const { blobs, repositories, namespaces } = expected;
  assert.deepEqual(counted, { blobs, repositories, namespaces });
  assert.match((await readyz()).text, /\[\+\]storage locations ok/);
  await gate.shut();
});

test('S3 hangs: collection goes on, what is taken up meanwhile is not lost unnoticed, and all is made good', async () => {
  const { gc, aws } = bench;
  const registry = plainRegistry({ repositories: 3, manifests: 40 });
  await bench.load(registry, [EU]);
  aws.signal('SIGSTOP');
  await start({ ...localStorage(gc), local_eu: bench.amazon() });
  // 280 files, each with a time limit of 5 s, 8 at once: one after the other they would take 3 minutes.
  const begun = performance.now();
  await waitUntil('the rows', async () => (await gc.dump()).imagestorage.length === 0, SLOW);
  assert.ok(performance.now() - begun < 60_000);
  // A push finds the file of each there, and takes it up; some removals are on their way.
  const blobs = registry.tables.imagestorage!;
  await gc.postgres.query(
    `INSERT INTO imagestorage (id, uuid, cas_path, content_checksum, image_size, uploading)
     SELECT * FROM json_populate_recordset(NULL::imagestorage, $1)`,
    [JSON.stringify(blobs)],
  );
});
