import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Database } from '@quay-observability/database';
import { reportCollection } from '../src/dry-run/report-plans.ts';
import { collectOnce } from '../src/programs/collect-once.ts';
import { createGarbageFinder, type GarbageFinder } from '../src/repository/find-repository.ts';
import { NOW_MS } from './support/random-registry.ts';
import { readCost, scannedTables } from './support/read-cost.ts';
import { NO_SIGNAL, startGc, type GcBench } from './support/start-gc.ts';
import { WIDE, wideRegistry } from './support/wide-registry.ts';

/** Dead tags that one search goes through in turn. */
const IN_TURN = 5000;
const SEARCHES = 10;
const LONG_AGO_MS = NOW_MS - 30 * 86_400_000;

let gc: GcBench;
before(async () => {
  gc = await startGc();
  await gc.postgres.query(wideRegistry());
});
after(() => gc.stop());

async function search(database: Database, finder: GarbageFinder, times: number): Promise<Set<number>> {
  const found = new Set<number>();
  for (let count = 0; count < times; count += 1) {
    const candidate = await database.write((queries) =>
      finder.find(queries, { nowMs: NOW_MS, keepImmutable: true, signal: NO_SIGNAL }),
    );
    if (candidate !== undefined) found.add(candidate.repositoryId);
  }
  return found;
}

test('without garbage a search costs what it looks at, however large the registry, and reads no table whole', async () => {
  const { value, cost } = await readCost(gc.postgres, (database) =>
    search(database, createGarbageFinder(), SEARCHES),
  );
  assert.deepEqual([...value], []);
  assert.deepEqual(scannedTables(cost), []);
  for (const table of ['tag', 'repository', 'user'])
    assert.ok(cost[table]!.rows <= SEARCHES * 1.01 * IN_TURN, `${cost[table]!.rows} rows of ${table}`);
  // All dead tags were looked at twice.
  assert.ok(cost.tag!.rows >= 2 * WIDE, `${cost.tag!.rows} tags`);
});

test('nor does it with garbage, of doomed repositories and disabled namespaces too', async () => {
  await gc.postgres.query(`
    UPDATE tag SET lifetime_end_ms = ${LONG_AGO_MS} WHERE name = 'dead' AND repository_id <= 600;
    UPDATE repository SET state = 3 WHERE id <= 300;
    UPDATE "user" SET enabled = false WHERE id > 300 AND id <= 598;
    ANALYZE tag, repository, "user"`);
  const { value, cost } = await readCost(gc.postgres, (database) =>
    search(database, createGarbageFinder(), SEARCHES),
  );
  assert.deepEqual([...value].sort(), [599, 600]);
  assert.deepEqual(scannedTables(cost), []);
});

test('nor does a whole round about a repository with most of the dead tags, dry or not', async () => {
  await gc.postgres.query(`
    UPDATE repository SET state = 0;
    UPDATE "user" SET enabled = true;
    UPDATE tag SET lifetime_end_ms = ${NOW_MS} - 3600000 + id WHERE name = 'dead';
    UPDATE tag SET repository_id = 7, name = 'dead' || id WHERE name = 'dead' AND repository_id % 2 = 0;
    UPDATE manifest SET repository_id = 7 WHERE id > ${WIDE} AND id % 2 = 0;
    UPDATE tag SET lifetime_end_ms = ${LONG_AGO_MS} WHERE repository_id = 7 AND id % 50 = 0;
    ANALYZE`);
  const dryRun = await readCost(gc.postgres, (database) =>
    reportCollection({ ...gc.context(), database }, createGarbageFinder(), NO_SIGNAL),
  );
  assert.match(gc.messages.join(''), new RegExp(`repository 7 Tag ${WIDE / 50}, `));
  assert.deepEqual(scannedTables(dryRun.cost), []);
  let collected = 0;
  const { cost } = await readCost(gc.postgres, (database) =>
    collectOnce(
      { ...gc.context(), database },
      { finder: createGarbageFinder(), onIteration: () => (collected += 1) },
      NO_SIGNAL,
    ),
  );
  assert.equal(collected, 1);
  assert.equal(gc.counted().rows.Tag, WIDE / 50);
  assert.deepEqual(scannedTables(cost), []);
});
