import type { GcRules } from '../../src/steps/gc-context.ts';
import { countRows, type GcTable, type RowTally } from '../../src/steps/row-tally.ts';
import type { Reference } from './gc-reference.ts';
import { collectable, markedRepositories, type RegistryOfNow } from './registry-of-now.ts';
import type { GcBench } from './start-gc.ts';
import type { Dump } from './registry-database.ts';

/** What must remain, and must have been counted, once all work on a registry is done, whoever did it. */
export type Expected = {
  readonly tables: Dump;
  readonly files: string[];
  readonly rows: RowTally;
  readonly blobs: number;
  readonly repositories: number;
  readonly namespaces: number;
};

/**
 * Asks the reference for all collections and purges of a registry, one after the other. Their order makes no difference
 * as long as nothing is both collected and purged.
 */
export async function wholeWork(
  reference: Reference,
  registry: RegistryOfNow,
  rules: GcRules,
  { tables, files }: { tables: Dump; files: string[] },
): Promise<Expected> {
  const works = [
    ...collectable(registry, rules.keepImmutableTags).map((id) => ['collect', id] as const),
    ...markedRepositories(registry).map(({ repository_id: id }) => ['purge_repository', Number(id)] as const),
    ...(registry.markedNamespaceId === undefined
      ? []
      : [['purge_namespace', registry.markedNamespaceId] as const]),
  ];
  const rows: RowTally = {};
  const expected = { tables, files, rows, blobs: 0, repositories: 0, namespaces: 0 };
  for (const [work, id] of works) {
    const {
      tables: after,
      files: left,
      counted,
      ...numbers
    } = await reference.remains(work, id, rules, expected.tables, expected.files, registry.nowMs);
    Object.assign(expected, { tables: after, files: left });
    for (const [table, count] of Object.entries(counted)) countRows(rows, table as GcTable, count);
    for (const what of ['blobs', 'repositories', 'namespaces'] as const) expected[what] += numbers[what];
  }
  return expected;
}

/** Puts an item into its queue for everything that is marked for deletion, as Quay does. */
export async function queueMarked(gc: GcBench, registry: RegistryOfNow): Promise<void> {
  const { tables, markedNamespaceId } = registry;
  const [namespaceMarker] = (tables.deletednamespace ?? []).filter(
    ({ namespace_id: id }) => id === markedNamespaceId,
  );
  const items = [
    ...markedRepositories(registry).map(
      ({ id, repository_id: repository }) => [`repositorygc/some/${repository}/`, id] as const,
    ),
    ...(namespaceMarker === undefined
      ? []
      : [[`namespacegc/${markedNamespaceId}/`, namespaceMarker.id] as const]),
  ];
  for (const [name, marker] of items)
    await gc.postgres.query(
      `INSERT INTO queueitem (queue_name, body, available_after, available, retries_remaining, state_id)
       VALUES ($1, $2, now() AT TIME ZONE 'UTC' - interval '1 minute', true, 5, $1)`,
      [name, JSON.stringify({ marker_id: marker })],
    );
}

/** As if the minutes had passed after which cleanups are tried again: for times when nobody works on one. */
export async function passCleanupTime(gc: GcBench): Promise<void> {
  await makeAvailable(gc, `queue_name = 'gccleanup/'`);
}

/** As if the minutes had passed after which an item that was given back is tried again. */
export async function passItemTime(gc: GcBench): Promise<void> {
  await makeAvailable(gc, `queue_name LIKE 'repositorygc/some/%' OR queue_name LIKE 'namespacegc/%'`);
}

async function makeAvailable(gc: GcBench, condition: string): Promise<void> {
  const earlier = `now() AT TIME ZONE 'UTC' - interval '1 second'`;
  await gc.postgres.query(`UPDATE queueitem SET available_after = ${earlier} WHERE ${condition}`);
}
