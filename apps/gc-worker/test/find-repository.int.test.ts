import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import {
  createGarbageFinder,
  type FinderOptions,
  type FindOptions,
} from '../src/repository/find-repository.ts';
import { addDeadTag, addManifest, plainRegistry } from './support/plain-registry.ts';
import { NOW_MS } from './support/random-registry.ts';
import { NO_SIGNAL, startGc, type GcBench } from './support/start-gc.ts';

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

test('where most dead tags are within their window, all are looked at in turn, some in each search', async () => {
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
  // It died last, and is the only one that is garbage.
  const tag = addDeadTag(registry, repository, addManifest(registry, repository, 'other'), 'tag');
  tag.lifetime_end_ms = NOW_MS - 1;
  await gc.load(registry);
  const finder = createGarbageFinder({ pageSize: 2 });
  const searches = [];
  for (let search = 0; search < 8; search += 1)
    searches.push(
      (
        await gc.database.write((queries) =>
          finder.find(queries, { nowMs: NOW_MS, keepImmutable: false, signal: NO_SIGNAL }),
        )
      )?.repositoryId,
    );
  // 41 tags: 4 at the front, 12 in each search beyond them, and then anew.
  assert.deepEqual(searches, [undefined, undefined, undefined, 2, undefined, undefined, undefined, 2]);
});

test('an abort ends the search between two pages', async () => {
  const stopped = new Error('stopped');
  await assert.rejects(find({ signal: AbortSignal.abort(stopped) }), stopped);
});
