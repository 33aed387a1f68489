import type { Queries } from '@quay-observability/database';
import { commitStep } from '../steps/commit-step.ts';
import type { GcContext } from '../steps/gc-context.ts';
import { changedBy, rowsOf } from '../steps/run-sql.ts';
import { referringRows, rootRows, type DoomedRows, type RowCondition } from './doomed-rows.ts';
import { PurgeBlocked } from './purge-blocked.ts';
import { ruledReferences, type RuledReference } from './reference-rules.ts';

/** Rows in one statement (contract section 8). */
const CHUNK = 500;
/** New references that keep appearing while their target is being deleted. */
const MOST_ROUNDS = 5;

export type DeletionOptions = {
  /** What a row must still fulfil once it is locked, lest it has been restored: `state = 3`. */
  readonly condition: RowCondition;
  /** Throws PurgeBlocked if nothing may be deleted any more. Asked at the beginning of every transaction. */
  readonly guard?: (queries: Queries) => Promise<void>;
};

/**
 * Deletes rows, at most some hundred, after everything that refers to them by the rules of the reference graph, in
 * bounded transactions. Each of these locks the rows that all began with and asks whether they are still to be deleted,
 * then the rows on the way to those that it changes and whether they still refer to them: nothing goes on what was read
 * in an earlier transaction. No foreign key can fail: who is locked cannot be referred to, and is looked at once more.
 *
 * @throws PurgeBlocked
 */
export async function deleteByGraph(
  context: GcContext,
  table: string,
  ids: readonly number[],
  signal: AbortSignal,
  { condition, guard }: DeletionOptions,
): Promise<void> {
  await deleteRows(context, rootRows({ table, ids, condition, guard }), signal);
}

async function deleteRows(context: GcContext, doomed: DoomedRows, signal: AbortSignal): Promise<void> {
  const { table } = doomed;
  const references = ruledReferences(table);
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    // Most accounts and repositories have rows in few of the tables.
    const present = await context.database.write((queries) => presentOf(queries, references, doomed.ids));
    for (const reference of present) await clearTheWay(context, doomed, reference, signal);
    const isDeleted = await commitStep(context, signal, async ({ queries }) => {
      const ids = await doomed.hold(queries, 'FOR UPDATE');
      // What has come in the meantime; from here on nothing comes.
      for (const reference of await presentOf(queries, references, ids)) {
        const isCleared = isSimple(reference) && (await clearSome(queries, reference, ids)) < CHUNK;
        if (!isCleared) return false;
      }
      for (const reference of references)
        if (reference.rule === 'delete-with')
          await changedBy(
            queries,
            `DELETE FROM "${reference.table}" WHERE "${reference.column}" = ANY(?::int[])`,
            [ids],
          );
      await changedBy(queries, `DELETE FROM "${table}" WHERE id = ANY(?::int[])`, [ids]);
      return true;
    });
    if (isDeleted) return;
  }
  throw new PurgeBlocked(`rows that refer to ${table} keep appearing`);
}

async function clearTheWay(
  context: GcContext,
  doomed: DoomedRows,
  reference: RuledReference,
  signal: AbortSignal,
): Promise<void> {
  const { table, column, rule } = reference;
  if (isSimple(reference)) {
    for (let cleared = CHUNK; cleared === CHUNK;)
      cleared = await commitStep(context, signal, async ({ queries }) =>
        clearSome(queries, reference, await doomed.hold(queries, 'FOR UPDATE')),
      );
    return;
  }
  for (;;) {
    const found = await commitStep(context, signal, async ({ queries }) =>
      rowsOf<{ id: number }>(
        queries,
        `SELECT id FROM "${table}" WHERE "${column}" = ANY(?::int[]) LIMIT ${CHUNK}`,
        [await doomed.hold(queries, 'FOR SHARE')],
      ),
    );
    if (found.length === 0) return;
    if (rule === 'block') throw new PurgeBlocked(`${table}.${column} still refers to what is to be deleted`);
    const ids = found.map(({ id }) => id);
    await deleteRows(context, referringRows(doomed, reference, ids), signal);
  }
}

/** Whether one statement deals with rows that refer so: nothing refers to them in turn. */
function isSimple({ table, rule }: RuledReference): boolean {
  return rule === 'clear' || (rule === 'delete-first' && ruledReferences(table).length === 0);
}

/** Deletes up to so many of the rows that refer to these, or their reference; resolves to how many. */
function clearSome(
  queries: Queries,
  { table, column, rule }: RuledReference,
  targets: readonly number[],
): Promise<number> {
  const change = rule === 'clear' ? `UPDATE "${table}" SET "${column}" = NULL` : `DELETE FROM "${table}"`;
  return changedBy(
    queries,
    // Asked again for a row that somebody else has just changed.
    `${change} WHERE "${column}" = ANY(?::int[]) AND id = ANY(ARRAY(
       SELECT id FROM "${table}" WHERE "${column}" = ANY(?::int[]) LIMIT ${CHUNK}))`,
    [targets, targets],
  );
}

/** Which of the references there are any of to these rows, those aside that go with them. */
async function presentOf(
  queries: Queries,
  references: readonly RuledReference[],
  ids: readonly number[],
): Promise<RuledReference[]> {
  const looked = references.filter(({ rule }) => rule !== 'delete-with');
  if (looked.length === 0) return [];
  const [row] = await rowsOf<{ found: boolean[] }>(
    queries,
    `SELECT ARRAY[${looked.map(({ table, column }) => `EXISTS (SELECT FROM "${table}" WHERE "${column}" = ANY(wanted.ids))`).join(', ')}] AS found
       FROM (SELECT ?::int[] AS ids) AS wanted`,
    [ids],
  );
  return looked.filter((_, index) => row?.found[index] === true);
}
