import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Queries } from '@quay-observability/database';
import { referencesTo, TABLE_NAMES } from '@quay-observability/quay-schema';
import { planNamespacePurge, planRepositoryPurge, type PurgePlan } from '../src/dry-run/plan-purge.ts';
import { GRAPH_TABLES, ruledReferences } from '../src/purge/reference-rules.ts';
import { PurgeBlocked } from '../src/purge/purge-blocked.ts';
import { purgeNamespace } from '../src/purge/purge-namespace.ts';
import { purgeRepository } from '../src/purge/purge-repository.ts';
import { isContention } from '../src/steps/is-contention.ts';
import type { GcRules, QuotaRule } from '../src/steps/gc-context.ts';
import { assertSameTables, danglingReferences, nonZero } from './support/compare-registries.ts';
import { startReference, type Reference } from './support/gc-reference.ts';
import { plainRegistry } from './support/plain-registry.ts';
import { markNamespace } from './support/mark-namespace.ts';
import { createRandom, type Random } from './support/random.ts';
import { NOW_MS, randomRegistry, timestamp } from './support/random-registry.ts';
import type { Dump } from './support/registry-database.ts';
import { NO_SIGNAL, startGc, type GcBench } from './support/start-gc.ts';

/** More on request: `GC_CASES=300`. */
const CASES = Number(process.env.GC_CASES ?? 20);
const FIRST = Number(process.env.GC_FIRST ?? 1);
const NAMESPACED_QUEUES = ['dockerfilebuild', 'notification', 'repositorygc'];

/** Tables that lost rows in some case. */
const shrunk = new Set<string>();

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

test('every reference to a table of the graph has a rule, and no rule is about anything else', () => {
  for (const table of GRAPH_TABLES) {
    const ruled = ruledReferences(table).map((reference) => `${reference.table}.${reference.column}`);
    const known = referencesTo(table).map((reference) => `${reference.table}.${reference.column}`);
    assert.deepEqual(ruled.sort(), known.sort(), table);
  }
});

test(`${CASES} random repositories are purged as the reference says`, async () => {
  for (let seed = FIRST; seed < FIRST + CASES; seed += 1) {
    const random = createRandom(seed);
    const registry = randomRegistry(seed, { belongings: true });
    const repository = random.pick(registry.tables.repository ?? []);
    repository.state = 3;
    await gc.load(registry);
    assert.deepEqual(danglingReferences(await gc.dump()), [], `seed ${seed}: the registry itself`);
    await agrees(
      'purge_repository',
      repository.id,
      rulesOf(random),
      `seed ${seed}`,
      (queries) => planRepositoryPurge(queries, repository.id),
      (rules) => purgeRepository(gc.context(rules), repository.id, NO_SIGNAL),
    );
    assert.equal(gc.counted().repositories, 1);
  }
});

test(`${CASES} random namespaces are purged as the reference says`, async () => {
  for (let seed = FIRST; seed < FIRST + CASES; seed += 1) {
    const random = createRandom(seed);
    const registry = randomRegistry(seed, { belongings: true });
    const namespace = markNamespace(registry, random);
    await gc.load(registry);
    await agrees(
      'purge_namespace',
      namespace.id,
      rulesOf(random),
      `seed ${seed}`,
      (queries) => planNamespacePurge(queries, namespace),
      (rules) =>
        purgeNamespace(gc.context(rules), namespace, NO_SIGNAL, { namespacedQueues: NAMESPACED_QUEUES }),
    );
    assert.equal(gc.counted().namespaces, 1);
  }
});

test('a namespace that is called alike keeps its robots and queue items', async () => {
  const registry = randomRegistry(1);
  const [account] = registry.tables.user ?? [];
  const named = (username: string, robot: boolean) =>
    registry.add('user', {
      ...account!,
      id: (registry.tables.user ?? []).length + 1,
      uuid: username,
      username,
      robot,
    });
  const doomed = named('uu_id', false);
  const robots = ['a_b+bot', 'axb+bot', 'a_bc+bot', 'a_b'].map((name) => named(name, name.includes('+')));
  registry.add('deletednamespace', {
    ...{ namespace_id: doomed.id, marked: timestamp(NOW_MS), original_username: 'a_b' },
    ...{ original_email: '', queue_id: null },
  });
  for (const name of ['repositorygc/uu_id/1/', 'repositorygc/uuxid/1/', 'repositorygc/uu_id2/1/'])
    registry.add('queueitem', {
      ...{ queue_name: name, body: '{}', available_after: timestamp(NOW_MS), available: true },
      ...{ processing_expires: null, retries_remaining: 5, state_id: name },
    });
  // The name has no new owner but for the last account, which is as old: so nothing tells whose the robot is.
  await gc.load(registry);
  const namespace = { id: doomed.id, originalName: 'a_b' };
  const options = { namespacedQueues: NAMESPACED_QUEUES };
  await purgeNamespace(gc.context(), namespace, NO_SIGNAL, options);
  const left = async () => new Set((await gc.dump()).user.map(({ id }) => id));
  const kept = await left();
  assert.deepEqual(
    robots.map(({ id }) => kept.has(id)),
    [true, true, true, true],
  );
  assert.deepEqual(
    (await gc.dump()).queueitem.map((item) => item.queue_name),
    ['repositorygc/uuxid/1/', 'repositorygc/uu_id2/1/'],
  );
  // Without a new owner the robot goes, and only that one.
  registry.tables.user = (registry.tables.user ?? []).filter(({ username }) => username !== 'a_b');
  await gc.load(registry);
  await purgeNamespace(gc.context(), namespace, NO_SIGNAL, options);
  const remaining = await left();
  assert.deepEqual(
    robots.map(({ id }) => remaining.has(id)),
    [false, true, true, false],
  );
});

test('a namespace whose marker is taken away keeps its account and its repositories', async () => {
  await gc.load(plainRegistry({ manifests: 1 }));
  const before = await gc.dump();
  const restored = { id: 1, originalName: 'acme' };
  await assert.rejects(
    purgeNamespace(gc.context(), restored, NO_SIGNAL, { namespacedQueues: [] }),
    /not marked/,
  );
  assert.deepEqual(await gc.dump(), before);
});

test('rows that appear while a repository is purged make no foreign key fail', async () => {
  const registry = randomRegistry(3, { belongings: true });
  const [repository] = registry.tables.repository ?? [];
  repository!.state = 3;
  await gc.load(registry);
  let starring = true;
  let starred = 0;
  const star = async (userId: number) => {
    while (starring)
      await gc.postgres
        .query(
          `INSERT INTO repositoryactioncount (repository_id, count, date) VALUES ($1, 1, date '2000-01-01' + $2::int)`,
          [repository!.id, userId * 100_000 + starred],
        )
        .then(() => (starred += 1))
        // Too late: the repository is gone.
        .catch(() => undefined);
  };
  const stars = [1, 2, 3].map(star);
  for (;;) {
    const outcome = await purgeRepository(gc.context(), repository!.id, NO_SIGNAL).catch(
      (error: unknown) => error,
    );
    if (outcome === undefined) break;
    // To be repeated, as the queue does; anything else would be a constraint that was run into.
    if (!(outcome instanceof PurgeBlocked) && !isContention(outcome)) throw outcome as Error;
  }
  starring = false;
  await Promise.all(stars);
  assert.ok(starred > 0);
  assert.deepEqual(danglingReferences(await gc.dump()), []);
  assert.equal(
    (await gc.dump()).repository.some(({ id }) => id === repository!.id),
    false,
  );
});

test('the random registries had rows to delete in every table that the rules are about', () => {
  const ruled = GRAPH_TABLES.flatMap(ruledReferences).filter(({ rule }) => rule.startsWith('delete'));
  const untouched = ruled.map(({ table }) => table).filter((table) => !shrunk.has(table));
  assert.deepEqual(untouched, []);
});

function rulesOf(random: Random): GcRules {
  return { keepImmutableTags: true, quota: random.pick<QuotaRule>(['subtract', 'invalidate', 'leave']) };
}

/** How many rows have gone, by table. */
function goneRows(before: Dump, after: Dump): Record<string, number> {
  const gone = TABLE_NAMES.map((table): [string, number] => {
    const left = new Set((after[table] ?? []).map(({ id }) => id));
    return [table, (before[table] ?? []).filter(({ id }) => !left.has(id)).length];
  });
  return Object.fromEntries(gone.filter(([, count]) => count > 0));
}

async function agrees(
  work: 'purge_repository' | 'purge_namespace',
  id: number,
  rules: GcRules,
  what: string,
  planned: (queries: Queries) => Promise<PurgePlan>,
  purge: (rules: GcRules) => Promise<void>,
): Promise<void> {
  const before = await gc.dump();
  const expected = await reference.remains(work, id, rules, before, gc.files.list());
  const plan = await gc.database.read((queries) => queries.transaction(planned, { readOnly: true }));
  await purge(rules);
  const remaining = await gc.dump();
  const gone = goneRows(before, remaining);
  for (const table of Object.keys(gone)) shrunk.add(table);
  delete gone.queueitem;
  assert.deepEqual(plan, { rows: gone, files: expected.blobs }, `${what}: dry run`);
  assertSameTables(remaining, expected.tables, what);
  assert.deepEqual(gc.files.list(), expected.files, what);
  assert.deepEqual(nonZero(gc.counted().rows), expected.counted, what);
  assert.equal(gc.counted().blobs, expected.blobs, what);
  assert.equal(gc.counted().repositories, expected.repositories, what);
  assert.deepEqual(danglingReferences(remaining), [], what);
}
