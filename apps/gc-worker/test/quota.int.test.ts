import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { collectOnce } from '../src/programs/collect-once.ts';
import { collectRepository } from '../src/repository/collect-repository.ts';
import { createGarbageFinder } from '../src/repository/find-repository.ts';
import type { GcContext, GcRules } from '../src/steps/gc-context.ts';
import { plainRegistry } from './support/plain-registry.ts';
import { NOW_MS } from './support/random-registry.ts';
import { NO_SIGNAL, startGc, type GcBench } from './support/start-gc.ts';

const LATER_MS = NOW_MS + 3600_000;

let gc: GcBench;
before(async () => {
  gc = await startGc();
});
after(() => gc.stop());

/** A round of the program, an hour later: what has been left is overdue. */
function laterRound(rules: Partial<GcRules>): Promise<void> {
  return collectOnce(
    { ...gc.context(rules), now: () => LATER_MS },
    { finder: createGarbageFinder(), onIteration: () => undefined },
    NO_SIGNAL,
  );
}

/** As if the process ended after the first transaction. */
function cutOff(context: GcContext, stop: AbortController): GcContext {
  const { database } = context;
  return {
    ...context,
    database: {
      ...database,
      transaction: async (work) => {
        const value = await database.transaction(work);
        stop.abort(new Error('cut off'));
        return value;
      },
    },
  };
}

const TOTALS = `UPDATE quotarepositorysize SET size_bytes = (
    SELECT coalesce(sum(image_size), 0) FROM imagestorage WHERE id IN (SELECT blob_id FROM manifestblob));
  UPDATE quotanamespacesize SET size_bytes = (SELECT size_bytes FROM quotarepositorysize)`;

async function totals(): Promise<unknown[]> {
  const { quotarepositorysize, quotanamespacesize } = await gc.dump();
  return [...quotarepositorysize, ...quotanamespacesize].map((row) => row.size_bytes);
}

test('totals of the quota are exact whenever a run is cut off, also if they are computed anew before the next', async () => {
  const registry = plainRegistry({ manifests: 15 });
  const total = { size_bytes: 45 * 10, backfill_start_ms: 1, backfill_complete: true };
  registry.add('quotarepositorysize', { repository_id: 1, ...total });
  registry.add('quotanamespacesize', { namespace_user_id: 1, ...total });
  await gc.load(registry);
  const context = gc.context({ quota: 'subtract' });
  const stop = new AbortController();
  await assert.rejects(collectRepository(cutOff(context, stop), 1, stop.signal), /cut off/);
  // Ten tags and their manifests have gone; five with three blobs each are left.
  assert.deepEqual(await totals(), [150, 150]);
  await gc.postgres.query(TOTALS);
  assert.deepEqual(await totals(), [150, 150]);
  await laterRound({ quota: 'subtract' });
  assert.deepEqual((await gc.dump()).manifest, []);
  assert.deepEqual(await totals(), [0, 0]);
});

test('totals are marked stale in the transaction that makes them so', async () => {
  const registry = plainRegistry({ manifests: 1 });
  registry.add('quotarepositorysize', {
    ...{ repository_id: 1, size_bytes: 30, backfill_start_ms: 1, backfill_complete: true },
  });
  await gc.load(registry);
  const stop = new AbortController();
  const context = gc.context({ quota: 'invalidate' });
  await assert.rejects(collectRepository(cutOff(context, stop), 1, stop.signal), /cut off/);
  const [row] = (await gc.dump()).quotarepositorysize;
  assert.deepEqual([row!.size_bytes, row!.backfill_start_ms, row!.backfill_complete], [0, null, false]);
});

test('two repositories that give up a shared blob at the same time take it off the namespace once', async () => {
  const registry = plainRegistry({ repositories: 2, manifests: 1 });
  const complete = { backfill_start_ms: 1, backfill_complete: true };
  for (const { id } of registry.repositories)
    registry.add('quotarepositorysize', { repository_id: id, size_bytes: 30, ...complete });
  // Two blobs each, and one that they share.
  registry.add('quotanamespacesize', { namespace_user_id: 1, size_bytes: 50, ...complete });
  await gc.load(registry);
  const context = gc.context({ quota: 'subtract' });
  const { database } = context;
  const both = Promise.withResolvers<void>();
  let arrived = 0;
  // Neither commits before the other has deleted its links, unless that waits for the one.
  const together: GcContext['database'] = {
    ...database,
    transaction: (work) =>
      database.transaction(async (queries) => {
        const value = await work(queries);
        arrived += 1;
        if (arrived === 2) both.resolve();
        await Promise.race([both.promise, pause(300)]);
        return value;
      }),
  };
  await Promise.all(
    registry.repositories.map(({ id }) =>
      collectRepository({ ...context, database: together }, id, NO_SIGNAL),
    ),
  );
  assert.deepEqual((await gc.dump()).manifest, []);
  assert.deepEqual(await totals(), [0, 0, 0]);
});
