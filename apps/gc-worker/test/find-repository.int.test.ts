import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { collectOnce } from '../src/programs/collect-once.ts';
import type { Candidate } from '../src/repository/candidates.ts';
import {
  createGarbageFinder,
  type FinderOptions,
  type FindOptions,
  type GarbageFinder,
} from '../src/repository/find-repository.ts';
import { addDeadTag, addManifest, plainRegistry } from './support/plain-registry.ts';
import { NOW_MS } from './support/random-registry.ts';
import { createRandom } from './support/random.ts';
import { NO_SIGNAL, startGc, type GcBench } from './support/start-gc.ts';

const HOUR_MS = 3_600_000;

let gc: GcBench;
before(async () => {
  gc = await startGc();
});
after(() => gc.stop());
beforeEach(() => gc.load(plainRegistry({ repositories: 3, manifests: 2 })));

function find({ random, pageSize, ...options }: Partial<FindOptions & FinderOptions> = {}) {
  const finder = createGarbageFinder({
    ...(random === undefined ? {} : { random }),
    ...(pageSize === undefined ? {} : { pageSize }),
  });
  return gc.database.write((queries) =>
    finder.find(queries, { nowMs: NOW_MS, keepImmutable: false, signal: NO_SIGNAL, ...options }),
  );
}

/** Everything that can be found, whatever chance says. */
async function findAll(options: Partial<FindOptions & FinderOptions> = {}): Promise<string[]> {
  const found = new Set<string>();
  for (let share = 0; share < 1; share += 1 / 12) {
    const one = await find({ random: () => share, ...options });
    if (one !== undefined) found.add(`${one.repositoryId} after ${one.windowSeconds} s`);
  }
  return [...found].sort();
}

test('any of the repositories with dead tags is found, page by page too', async () => {
  const all = ['1 after 0 s', '2 after 0 s', '3 after 0 s'];
  assert.deepEqual(await findAll(), all);
  for (const pageSize of [1, 2, 5]) assert.deepEqual(await findAll({ pageSize }), all);
});

test('not those that are within their window, marked, disabled, or only immutable', async () => {
  await gc.postgres.query('UPDATE repository SET state = 3 WHERE id = 1');
  await gc.postgres.query('UPDATE tag SET immutable = true WHERE repository_id = 2');
  assert.deepEqual(await findAll({ keepImmutable: true }), ['3 after 0 s']);
  assert.deepEqual(await findAll(), ['2 after 0 s', '3 after 0 s']);
  await gc.postgres.query('UPDATE "user" SET removed_tag_expiration_s = 3601');
  assert.deepEqual(await findAll(), []);
  await gc.postgres.query('UPDATE "user" SET removed_tag_expiration_s = 3600');
  assert.deepEqual(await findAll(), ['2 after 3600 s', '3 after 3600 s']);
  await gc.postgres.query('UPDATE "user" SET enabled = false');
  assert.equal(await find(), undefined);
});

test('a window is drawn first, then a repository of it: one with many does not crowd out the others', async () => {
  const registry = plainRegistry({ repositories: 20, manifests: 1 });
  const other = registry.add('user', {
    ...registry.tables.user![0]!,
    id: 2,
    username: 'other',
    uuid: 'other',
  });
  other.removed_tag_expiration_s = 60;
  const repository = registry.add('repository', {
    ...registry.repositories[0]!,
    id: 21,
    namespace_user_id: 2,
  });
  addDeadTag(registry, repository, addManifest(registry, repository, 'other'), 'tag');
  await gc.load(registry);
  const found = await Promise.all([0, 0.5].map((share) => find({ random: () => share })));
  assert.deepEqual(found.map((each) => each?.windowSeconds).sort(), [0, 60]);
});

/** Two namespaces with a repository each: 40 dead tags within their window, and one that died last, without one. */
async function loadMostlyWaiting(endMs: number): Promise<void> {
  const registry = plainRegistry({ repositories: 1, manifests: 40 });
  const other = registry.add('user', {
    ...registry.tables.user![0]!,
    id: 2,
    username: 'other',
    uuid: 'other',
  });
  registry.tables.user![0]!.removed_tag_expiration_s = 1_209_600;
  const repository = registry.add('repository', {
    ...registry.repositories[0]!,
    id: 2,
    namespace_user_id: other.id,
  });
  const tag = addDeadTag(registry, repository, addManifest(registry, repository, 'other'), 'tag');
  tag.lifetime_end_ms = endMs;
  await gc.load(registry);
}

function search(finder: GarbageFinder, nowMs = NOW_MS): Promise<Candidate | undefined> {
  return gc.database.write((queries) =>
    finder.find(queries, { nowMs, keepImmutable: false, signal: NO_SIGNAL }),
  );
}

test('where most dead tags are within their window, all are looked at in turn, some in each search', async () => {
  await loadMostlyWaiting(NOW_MS - HOUR_MS + 1);
  const finder = createGarbageFinder({ pageSize: 2 });
  const searches = [];
  for (let count = 0; count < 10; count += 1) searches.push((await search(finder))?.repositoryId);
  // 41 tags, 10 in each search, and then anew.
  const none = [undefined, undefined, undefined, undefined];
  assert.deepEqual(searches, [...none, 2, ...none, 2]);
});

test('a tag that passes the window of its namespace is found at once, however many others still wait', async () => {
  await loadMostlyWaiting(NOW_MS - HOUR_MS);
  const finder = createGarbageFinder({ pageSize: 2 });
  // To know that there is a namespace without a window.
  for (let count = 0; count < 5; count += 1) await search(finder);
  await gc.postgres.query(`UPDATE tag SET lifetime_end_ms = ${NOW_MS + 30_000} WHERE repository_id = 2`);
  assert.equal(await search(finder, NOW_MS + 29_999), undefined);
  assert.equal((await search(finder, NOW_MS + 30_000))?.repositoryId, 2);
});

test('immutable tags that stay do not stand in the way of others', async () => {
  await gc.postgres.query('UPDATE tag SET immutable = true, lifetime_end_ms = 1 WHERE repository_id < 3');
  const finder = createGarbageFinder({ pageSize: 1 });
  const found = [];
  for (let count = 0; count < 2; count += 1)
    found.push(
      await gc.database.write((queries) =>
        finder.find(queries, { nowMs: NOW_MS, keepImmutable: true, signal: NO_SIGNAL }),
      ),
    );
  assert.ok(found.some((each) => each?.repositoryId === 3));
});

test('every repository gets its turn, also beside some that keep their garbage', async () => {
  await gc.load(plainRegistry({ repositories: 30, manifests: 3 }));
  const random = createRandom(1);
  const finder = createGarbageFinder({ pageSize: 3, random: () => random.next() });
  const collected = new Set<number>();
  for (let searches = 0; searches < 300 && collected.size < 25; searches += 1) {
    const id = (await search(finder))?.repositoryId;
    if (id === undefined || id <= 5) continue;
    assert.ok(!collected.has(id), `repository ${id} is found again`);
    collected.add(id);
    await gc.postgres.query('DELETE FROM tag WHERE repository_id = $1', [id]);
  }
  assert.equal(collected.size, 25);
});

test('what was found before is only given while it still is garbage', async () => {
  const finder = createGarbageFinder({ random: () => 0 });
  assert.equal((await search(finder))?.repositoryId, 1);
  await gc.postgres.query('DELETE FROM tag WHERE repository_id = 2');
  await gc.postgres.query('UPDATE repository SET state = 3 WHERE id = 1');
  assert.equal((await search(finder))?.repositoryId, 3);
  await gc.postgres.query('UPDATE "user" SET removed_tag_expiration_s = 86400');
  assert.equal(await search(finder), undefined);
});

test('a repository that somebody else collects is found again by the next search', async () => {
  await loadMostlyWaiting(NOW_MS - 3 * HOUR_MS);
  const finder = createGarbageFinder({ pageSize: 1 });
  let collections = 0;
  const round = () => collectOnce(gc.context(), { finder, onIteration: () => (collections += 1) }, NO_SIGNAL);
  const lock = { ttlSeconds: 60, signal: NO_SIGNAL };
  await gc.context().locks.withLock('REPO_GARBAGE_COLLECTION_2', lock, round);
  assert.equal(collections, 0);
  await round();
  assert.equal(collections, 1);
});

test('an abort ends the search between two pages', async () => {
  const stopped = new Error('stopped');
  await assert.rejects(find({ signal: AbortSignal.abort(stopped) }), stopped);
});
