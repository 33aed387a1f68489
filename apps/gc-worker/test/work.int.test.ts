import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { startApp, waitUntil, type RunningApp } from '@quay-observability/testkit';
import { danglingReferences } from './support/compare-registries.ts';
import { plainRegistry } from './support/plain-registry.ts';
import { LOCATIONS, startGc, type GcBench } from './support/start-gc.ts';

const folder = join(import.meta.dirname, '..');

let gc: GcBench;
let running: RunningApp | undefined;
before(async () => {
  gc = await startGc();
});
// One that a failed test has left would collect in the next one's registry.
afterEach(async () => {
  await running?.stop();
  running = undefined;
});
after(() => gc.stop());

async function start(env: Record<string, string>): Promise<RunningApp> {
  await running?.stop();
  const storage = Object.fromEntries(
    LOCATIONS.map((location) => [
      location,
      ['LocalStorage', { storage_path: join(gc.files.root, location) }],
    ]),
  );
  running = await startApp(folder, {
    DB_URI: gc.postgres.uri,
    USER_EVENTS_REDIS: JSON.stringify({ host: '127.0.0.1', port: gc.redisPort }),
    DISTRIBUTED_STORAGE_CONFIG: JSON.stringify(storage),
    GARBAGE_COLLECTION_FREQUENCY: '1',
    ...env,
  });
  return running;
}

async function metricsOf(app: RunningApp): Promise<(sample: string) => number> {
  const text = await (await fetch(`${app.adminUrl}/metrics`)).text();
  return (sample) => {
    const [name, labels = ''] = sample.split('{');
    const wanted = `${name}{${labels.replace('}', ',')}runtime="go"} `;
    const line = text.split('\n').find((each) => each.startsWith(wanted));
    return Number(line?.slice(wanted.length));
  };
}

const GO = {
  WORKER_OWNER_GCWORKER: 'go',
  WORKER_OWNER_REPOSITORYGCWORKER: 'go',
  WORKER_OWNER_NAMESPACEGCWORKER: 'go',
};

test('with owner go it collects, purges what is marked, and counts under Python’s names', async () => {
  await gc.load(plainRegistry({ repositories: 2, manifests: 5 }));
  // One repository is marked for deletion, and a namespace of its own.
  await gc.postgres.query('UPDATE repository SET state = 3 WHERE id = 2');
  await gc.postgres.query(
    `INSERT INTO deletedrepository (id, repository_id, marked, original_name) VALUES (9, 2, now(), 'app')`,
  );
  await gc.postgres.query(
    `INSERT INTO "user" (id, username, email, verified, organization, robot, invoice_email, invalid_login_attempts,
       last_invalid_login, removed_tag_expiration_s, enabled) VALUES (7, 'gone', 'gone', true, true, false, false, 0, now(), 0, false)`,
  );
  await gc.postgres.query(
    `INSERT INTO deletednamespace (id, namespace_id, marked, original_username, original_email) VALUES (8, 7, now(), 'old', 'old')`,
  );
  for (const [name, marker] of [
    ['repositorygc/acme/2/', 9],
    ['namespacegc/7/', 8],
  ] as const)
    await gc.postgres.query(
      `INSERT INTO queueitem (queue_name, body, available_after, available, retries_remaining, state_id)
       VALUES ($1, $2, now() AT TIME ZONE 'UTC' - interval '1 minute', true, 5, $1)`,
      [name, JSON.stringify({ marker_id: marker })],
    );
  const app = await start(GO);
  const dump = await waitUntil('the registry to be clean', async () => {
    const now = await gc.dump();
    const isClean = [now.manifest, now.imagestorage, now.queueitem, now.deletednamespace].every(
      ({ length }) => length === 0,
    );
    return isClean && gc.files.list().length === 0 && now;
  });
  assert.deepEqual(danglingReferences(dump), []);
  assert.deepEqual(
    [dump.repository, dump.user].map((rows) => rows.map(({ id }) => id)),
    [[1], [1]],
  );
  assert.equal((await fetch(`${app.adminUrl}/readyz`)).status, 200);
  const value = await metricsOf(app);
  assert.equal(value('quay_gc_table_rows_deleted_total{table="Tag"}'), 10);
  assert.equal(value('quay_gc_table_rows_deleted_total{table="Manifest"}'), 10);
  assert.equal(value('quay_gc_table_rows_deleted_total{table="ImageStorage"}'), 25);
  assert.equal(value('quay_gc_storage_blobs_deleted_total'), 25);
  assert.equal(value('quay_gc_repos_purged_total'), 1);
  assert.equal(value('quay_gc_namespaces_purged_total'), 1);
  assert.ok(value('quay_gc_iterations_total') >= 1);
  assert.equal(value('quay_queue_item_gets_total{queue_name="repositorygc",availability="acquired"}'), 1);
  assert.equal(value('quay_queue_items_locked{queue_name="repositorygc"}'), 0);
  const operation = 'worker="GarbageCollectionWorker",operation="_garbage_collection_repos"';
  assert.ok(value(`quay_worker_operation_duration_seconds_count{${operation}}`) >= 1);
});

test('with owner python, or while Quay is read-only, nothing goes', async () => {
  await gc.load(plainRegistry({ manifests: 2 }));
  for (const env of [{}, { ...GO, REGISTRY_STATE: 'readonly' }]) {
    const app = await start(env);
    const iterations = async () => (await metricsOf(app))('quay_gc_iterations_total');
    await waitUntil('the app', async () => (await fetch(`${app.adminUrl}/readyz`)).status === 200);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    assert.equal(await iterations(), 0);
  }
  assert.equal((await gc.dump()).tag.length, 2);
});

test('in a dry run it reports what would go, and nothing goes', async () => {
  // What the two share stays with either.
  await gc.load(plainRegistry({ repositories: 2, manifests: 2 }));
  await gc.postgres.query('UPDATE repository SET state = 3 WHERE id = 2');
  await gc.postgres.query(
    `INSERT INTO deletedrepository (id, repository_id, marked, original_name) VALUES (9, 2, now(), 'app')`,
  );
  await gc.postgres.query(
    `INSERT INTO queueitem (queue_name, body, available_after, available, retries_remaining, state_id)
     VALUES ('repositorygc/acme/2/', '{"marker_id": 9}', now() AT TIME ZONE 'UTC' - interval '1 minute', true, 5, 'state')`,
  );
  const before = await gc.dump();
  const files = gc.files.list();
  const app = await start({ ...GO, GC_DRY_RUN: 'true' });
  await waitUntil('both reports', () => {
    const log = app.process.log();
    return Promise.resolve(
      /Dry run: of repository 1 Tag 2, .*Manifest 2, .*, 4 files would go\./.test(log) &&
        /Dry run: with item \d+ of repositorygc repository 1, .*, 4 files would go\./.test(log),
    );
  });
  assert.deepEqual(await gc.dump(), before);
  assert.deepEqual(gc.files.list(), files);
});

test('work that it could only do in part it refuses, and says so', async () => {
  const cases = [
    {
      env: { DISTRIBUTED_STORAGE_CONFIG: JSON.stringify({ cloud: ['SwiftStorage', {}] }) },
      says: /files of the storage location cloud \(SwiftStorage\) cannot be removed/,
    },
    { env: { FEATURE_IMAGE_EXPIRY_TRIGGER: 'true' }, says: /worker GCWORKER failed: .*notifications/ },
  ];
  for (const { env, says } of cases) {
    const app = await start({ ...GO, ...env });
    const response = await fetch(`${app.adminUrl}/readyz`);
    assert.equal(response.status, 503);
    assert.match(await response.text(), says);
  }
});
