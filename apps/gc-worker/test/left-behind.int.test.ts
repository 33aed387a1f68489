import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Queries } from '@quay-observability/database';
import { collectOnce } from '../src/programs/collect-once.ts';
import { collectRepository } from '../src/repository/collect-repository.ts';
import { createGarbageFinder } from '../src/repository/find-repository.ts';
import type { GcContext } from '../src/steps/gc-context.ts';
import { addDeadTag, addManifest, plainRegistry } from './support/plain-registry.ts';
import { NOW_MS } from './support/random-registry.ts';
import { NO_SIGNAL, startGc, type GcBench } from './support/start-gc.ts';

const LATER_MS = NOW_MS + 3600_000;

let gc: GcBench;
before(async () => {
  gc = await startGc();
});
after(() => gc.stop());

/** A round of the program, an hour later: what has been left is overdue. */
function laterRound(): Promise<void> {
  return collectOnce(
    { ...gc.context(), now: () => LATER_MS },
    { finder: createGarbageFinder(), onIteration: () => undefined },
    NO_SIGNAL,
  );
}

test('a manifest that was locked when its last tag went is collected by a later round, with all that is its', async () => {
  await gc.load(plainRegistry({ manifests: 3 }));
  await gc.database.transaction(async (queries) => {
    await queries.raw('SELECT FROM manifest WHERE id = 2 FOR KEY SHARE');
    await gc.outside(() => collectRepository(gc.context(), 1, NO_SIGNAL));
    const { tag, manifest } = await gc.outside(() => gc.dump());
    assert.deepEqual([tag.length, manifest.map(({ id }) => id)], [0, [2]]);
  });
  // No repository has dead tags now: only the note leads to it.
  await laterRound();
  const { manifest, manifestblob, imagestorage, queueitem } = await gc.dump();
  assert.deepEqual([manifest, manifestblob, imagestorage, queueitem], [[], [], [], []]);
  assert.deepEqual(gc.files.list(), []);
  assert.deepEqual([gc.counted().rows.Manifest, gc.counted().blobs], [3, 9]);
});

test('one that is taken up again, or whose repository is to go as a whole, is left alone', async () => {
  for (const change of [
    `INSERT INTO tag (name, repository_id, manifest_id, lifetime_start_ms, immutable, hidden, reversion, tag_kind_id)
     VALUES ('again', 1, 2, ${NOW_MS}, false, false, false, 1)`,
    'UPDATE repository SET state = 3',
  ]) {
    await gc.load(plainRegistry({ manifests: 3 }));
    await gc.database.transaction(async (queries) => {
      await queries.raw('SELECT FROM manifest WHERE id = 2 FOR KEY SHARE');
      await gc.outside(() => collectRepository(gc.context(), 1, NO_SIGNAL));
    });
    await gc.postgres.query(change);
    await laterRound();
    const { manifest, queueitem } = await gc.dump();
    assert.deepEqual([manifest.map(({ id }) => id), queueitem], [[2], []]);
  }
});

test('a subject whose tags went in an earlier run goes when its last referrer does', async () => {
  const registry = plainRegistry({ manifests: 1 });
  const [repository] = registry.repositories;
  const [subject] = registry.tables.manifest!;
  const referrer = addManifest(registry, repository!, 'signature', subject);
  const tag = addDeadTag(registry, repository!, referrer, 'signature');
  tag.lifetime_end_ms = null;
  await gc.load(registry);
  await collectRepository(gc.context(), 1, NO_SIGNAL);
  assert.equal((await gc.dump()).manifest.length, 2);
  await gc.postgres.query(`UPDATE tag SET lifetime_end_ms = ${NOW_MS - 1}`);
  await collectRepository(gc.context(), 1, NO_SIGNAL);
  assert.deepEqual((await gc.dump()).manifest, []);
  assert.deepEqual(gc.files.list(), []);
});

/** The same, and the longest list that any statement was given. */
function measuringLists(context: GcContext): { context: GcContext; longest: () => number } {
  let longest = 0;
  const measured = (queries: Queries): Queries =>
    new Proxy(queries, {
      get: (target, name) => {
        if (name !== 'raw') return Reflect.get(target, name) as unknown;
        return (sql: string, values: readonly unknown[] = []) => {
          for (const value of values) if (Array.isArray(value)) longest = Math.max(longest, value.length);
          return target.raw(sql, values as never);
        };
      },
    });
  const { database } = context;
  const measuring: GcContext['database'] = {
    ...database,
    transaction: (work) => database.transaction((queries) => work(measured(queries))),
  };
  return { context: { ...context, database: measuring }, longest: () => longest };
}

test('however many manifests their referrers keep, no step grows with them', async () => {
  const registry = plainRegistry({ manifests: 350 });
  const [repository] = registry.repositories;
  for (const subject of [...registry.tables.manifest!]) {
    const referrer = addManifest(registry, repository!, `referrer of ${subject.id}`, subject);
    addDeadTag(registry, repository!, referrer, `referrer ${subject.id}`).lifetime_end_ms = null;
  }
  await gc.load(registry);
  const { context, longest } = measuringLists(gc.context());
  await collectRepository(context, 1, NO_SIGNAL);
  const { tag, manifest, queueitem } = await gc.dump();
  assert.deepEqual([tag.length, manifest.length, queueitem.length], [350, 700, 0]);
  // Of each tag its manifest, a hundred tags at most.
  assert.ok(longest() > 1 && longest() <= 100, `a list of ${longest()}`);
});
