import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { planCollection, type Plan } from '../src/dry-run/plan-collection.ts';
import { collectRepository } from '../src/repository/collect-repository.ts';
import type { GcRules, QuotaRule } from '../src/steps/gc-context.ts';
import { assertSameTables, danglingReferences, nonZero } from './support/compare-registries.ts';
import { startReference, type Reference } from './support/gc-reference.ts';
import { createRandom } from './support/random.ts';
import { NOW_MS, randomRegistry } from './support/random-registry.ts';
import { NO_SIGNAL, startGc, type GcBench } from './support/start-gc.ts';

/** More on request: `GC_CASES=300`. */
const CASES = Number(process.env.GC_CASES ?? 30);
const FIRST = Number(process.env.GC_FIRST ?? 1);

let gc: GcBench;
let reference: Reference;
before(async () => {
  gc = await startGc();
  reference = startReference();
});
after(async () => {
  reference.stop();
  await gc.stop();
});

function randomRules(seed: number): GcRules {
  const random = createRandom(seed);
  return {
    keepImmutableTags: random.chance(0.5),
    quota: random.pick<QuotaRule>(['subtract', 'invalidate', 'leave']),
  };
}

/** What a dry run says, checked to have changed nothing. */
function planned(id: number, { keepImmutableTags: keepImmutable }: GcRules): Promise<Plan> {
  return gc.database.read((queries) =>
    queries.transaction((readOnly) => planCollection(readOnly, id, { nowMs: NOW_MS, keepImmutable }), {
      readOnly: true,
    }),
  );
}

test(`${CASES} random registries: rows, files and counters are those of the reference`, async () => {
  const seen = { tags: 0, manifests: 0, storages: 0, files: 0 };
  for (let seed = FIRST; seed < FIRST + CASES; seed += 1) {
    const registry = randomRegistry(seed);
    const rules = randomRules(seed);
    await gc.load(registry);
    const repositories = [...(registry.tables.repository ?? [])];
    // All of them, one after the other: later ones remove what earlier ones had to leave.
    for (const { id } of repositories) {
      const [before, counted] = [await gc.dump(), structuredClone(gc.counted())];
      const expected = await reference.remains('collect', id, rules, before, gc.files.list());
      const what = `seed ${seed}, repository ${id}`;
      const plan = await planned(id, rules);
      await collectRepository(gc.context(rules), id, NO_SIGNAL);
      const remaining = await gc.dump();
      assertSameTables(remaining, expected.tables, what);
      assert.deepEqual(gc.files.list(), expected.files, what);
      assert.deepEqual(nonZero(gc.counted().rows, counted.rows), expected.counted, what);
      assert.equal(gc.counted().blobs - counted.blobs, expected.blobs, what);
      assert.deepEqual(nonZero(plan.rows), expected.counted, `${what}: dry run`);
      assert.equal(plan.files, expected.blobs, `${what}: dry run`);
      assert.deepEqual(danglingReferences(remaining), [], what);
    }
    seen.tags += gc.counted().rows.Tag ?? 0;
    seen.manifests += gc.counted().rows.Manifest ?? 0;
    seen.storages += gc.counted().rows.ImageStorage ?? 0;
    seen.files += gc.counted().blobs;
  }
  // A generator without garbage would agree with anything.
  for (const [what, number] of Object.entries(seen)) assert.ok(number > CASES / 2, `${what}: ${number}`);
});
