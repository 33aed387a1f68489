import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { overdueCleanups } from '../src/cleanup/cleanup-store.ts';
import { settleCleanup } from '../src/cleanup/settle-cleanup.ts';
import { collectRepository } from '../src/repository/collect-repository.ts';
import { danglingReferences, fileOf } from './support/compare-registries.ts';
import { plainRegistry } from './support/plain-registry.ts';
import { pushOnce, type Pushed } from './support/pusher.ts';
import { createRandom } from './support/random.ts';
import { NOW_MS } from './support/random-registry.ts';
import { NO_SIGNAL, startGc, type GcBench } from './support/start-gc.ts';

/** More on request: `GC_CASES=100`. */
const ROUNDS = Number(process.env.GC_CASES ?? 2);
const PUSHERS = 4;
const LOCK_NOT_AVAILABLE = '55P03';

let gc: GcBench;
before(async () => {
  gc = await startGc();
});
after(() => gc.stop());

/** Collects until a run gets through: pushers may keep the repository locked for longer than is waited for. */
async function collect(id: number): Promise<void> {
  for (;;) {
    try {
      return await collectRepository(gc.context(), id, NO_SIGNAL);
    } catch (error) {
      if ((error as { code?: string }).code !== LOCK_NOT_AVAILABLE) throw error;
    }
  }
}

async function settleEverything(): Promise<void> {
  const ids = await gc.database.write((queries) => overdueCleanups(queries, NOW_MS + 3600_000, 1000));
  for (const id of ids) await settleCleanup(gc.context(), id, NO_SIGNAL);
}

test('pushes that take up what is being collected lose no row and no file', async () => {
  const seen = { kept: 0, collected: 0, uploads: 0, removed: 0 };
  for (let round = 1; round <= ROUNDS; round += 1) {
    const registry = plainRegistry();
    await gc.load(registry);
    const before = await gc.dump();
    const [repository] = registry.repositories;
    const pushed: Pushed = { manifests: new Set(), uploads: new Set() };
    const collected = new AbortController();
    const pusher = async (index: number) => {
      const random = createRandom(round * PUSHERS + index);
      while (!collected.signal.aborted) {
        await pause(random.below(20));
        await pushOnce({
          ...{ database: gc.database, locks: gc.context().locks, files: gc.files, random },
          ...{ repositoryId: repository!.id, manifests: registry.tables.manifest!, pushed },
          blobs: registry.tables.imagestorage!,
        });
      }
    };
    await Promise.all([
      ...Array.from({ length: PUSHERS }, (_, index) => pusher(index)),
      collect(repository!.id).finally(() => collected.abort()),
    ]);
    await collect(repository!.id);
    await settleEverything();

    const now = await gc.dump();
    assert.deepEqual(danglingReferences(now), []);
    const manifests = new Set(now.manifest.map(({ id }) => id));
    assert.deepEqual(
      [...pushed.manifests].filter((id) => !manifests.has(id)),
      [],
    );
    const uploads = new Set(now.uploadedblob.map(({ id }) => id));
    assert.deepEqual(
      [...pushed.uploads].filter((id) => !uploads.has(id)),
      [],
    );
    // A manifest that is there is there with all its blobs.
    const links = now.manifestblob.map(({ id }) => id);
    const expected = before.manifestblob.filter(({ manifest_id: id }) => manifests.has(Number(id)));
    assert.deepEqual(
      links,
      expected.map(({ id }) => id),
    );
    // Files and placements are the same set: none is lost, and none is left behind.
    const storages = new Map(now.imagestorage.map((row) => [row.id, row]));
    const files = now.imagestorageplacement.map(({ storage_id: id }) => fileOf(storages.get(Number(id))!, 1));
    assert.deepEqual(gc.files.list(), [...new Set(files)].sort());
    assert.deepEqual(now.queueitem, []);
    seen.kept += before.manifest.filter(({ id }) => manifests.has(id)).length;
    seen.collected += before.manifest.filter(({ id }) => !manifests.has(id)).length;
    seen.uploads += pushed.uploads.size;
    seen.removed += gc.counted().blobs;
  }
  for (const [what, number] of Object.entries(seen)) assert.ok(number >= ROUNDS, `${what}: ${number}`);
});

test('a tag that is not yet committed holds the collection up, and then keeps its manifest', async () => {
  const registry = plainRegistry({ manifests: 3 });
  await gc.load(registry);
  const insert = `INSERT INTO tag (name, repository_id, manifest_id, lifetime_start_ms, immutable, hidden, reversion, tag_kind_id)
    VALUES ('late', 1, 2, ${NOW_MS}, false, false, false, 1)`;
  await gc.database.transaction(async (queries) => {
    await queries.raw(insert);
    // In a transaction of its own: not part of the pusher's.
    await assert.rejects(collectElsewhere(), { code: LOCK_NOT_AVAILABLE });
  });
  await collectRepository(gc.context(), 1, NO_SIGNAL);
  const { manifest, tag, manifestblob } = await gc.dump();
  assert.deepEqual(
    manifest.map(({ id }) => id),
    [2],
  );
  assert.deepEqual(
    tag.map(({ name }) => name),
    ['late'],
  );
  assert.equal(manifestblob.length, 3);
});

test('a tag whose end was moved, or whose namespace prolonged its window, stays', async () => {
  const registry = plainRegistry({ manifests: 3 });
  await gc.load(registry);
  await gc.postgres.query('UPDATE tag SET lifetime_end_ms = NULL WHERE id = 1');
  await gc.postgres.query('UPDATE "user" SET removed_tag_expiration_s = 7200');
  await collectRepository(gc.context(), 1, NO_SIGNAL);
  assert.equal((await gc.dump()).tag.length, 3);
  await gc.postgres.query('UPDATE "user" SET removed_tag_expiration_s = 60');
  await collectRepository(gc.context(), 1, NO_SIGNAL);
  assert.deepEqual(
    (await gc.dump()).tag.map(({ id }) => id),
    [1],
  );
});

test('a manifest that is being referred to without its repository stays', async () => {
  const registry = plainRegistry({ manifests: 3 });
  await gc.load(registry);
  const elsewhere = await gc.postgres.query<{ id: number }>(
    `INSERT INTO tag (name, repository_id, manifest_id, lifetime_start_ms, immutable, hidden, reversion, tag_kind_id)
     VALUES ('other', 1, 1, 1, false, false, false, 1) RETURNING id`,
  );
  await gc.database.transaction(async (queries) => {
    // An update locks the new target, and not the repository.
    await queries.raw('UPDATE tag SET manifest_id = 2 WHERE id = ?', [elsewhere[0]!.id]);
    await collectElsewhere();
  });
  const { manifest } = await gc.dump();
  assert.ok(manifest.some(({ id }) => id === 2));
});

/** On connections that know nothing of the transaction that runs here. */
function collectElsewhere(): Promise<void> {
  return gc.outside(() => collectRepository(gc.context(), 1, NO_SIGNAL));
}

test('two repositories that share blobs, collected at once, leave neither rows nor files', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const registry = plainRegistry({ repositories: 3, manifests: 15 });
    await gc.load(registry);
    await Promise.all(registry.repositories.map(({ id }) => collect(id)));
    await settleEverything();
    const now = await gc.dump();
    assert.deepEqual([now.manifest, now.imagestorage, now.label, now.queueitem], [[], [], [], []]);
    assert.deepEqual(gc.files.list(), []);
    assert.equal(gc.counted().rows.ImageStorage, registry.tables.imagestorage!.length);
    assert.equal(gc.counted().blobs, registry.files.size);
  }
});

test('two collections of one repository at once do no harm, and count each row once', async () => {
  const registry = plainRegistry();
  await gc.load(registry);
  await Promise.all([collect(1), collect(1), collect(1)]);
  await settleEverything();
  const now = await gc.dump();
  assert.deepEqual([now.tag, now.manifest, now.imagestorage, now.queueitem], [[], [], [], []]);
  assert.deepEqual(gc.files.list(), []);
  const { Tag, Manifest, ManifestBlob, ImageStorage } = gc.counted().rows;
  assert.deepEqual(
    { Tag, Manifest, ManifestBlob, ImageStorage },
    { Tag: 60, Manifest: 60, ManifestBlob: 180, ImageStorage: 180 },
  );
});
