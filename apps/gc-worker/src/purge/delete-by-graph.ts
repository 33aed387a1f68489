import type { Queries } from '@quay-observability/database';
import { commitStep } from '../steps/commit-step.ts';
import type { GcContext } from '../steps/gc-context.ts';
import { changedBy, rowsOf } from '../steps/run-sql.ts';
import { PurgeBlocked } from './purge-blocked.ts';
import { ruledReferences, type RuledReference } from './reference-rules.ts';

/** Rows in one statement (contract section 8). */
const CHUNK = 500;
/** New references that keep appearing while their target is being deleted. */
const MOST_ROUNDS = 5;

export type DeletionOptions = {
  /** SQL that a row must still fulfil once it is locked, lest it has been restored: `state = 3`. */
  readonly condition?: string;
};

/**
 * Deletes rows, at most some hundred, after everything that refers to them by the rules of the reference graph, in
 * bounded transactions. No foreign key can fail: the rows are locked, so that nobody can refer to them any more, and
 * looked at once more before they go.
 *
 * @throws PurgeBlocked
 */
export async function deleteByGraph(
  context: GcContext,
  table: string,
  ids: readonly number[],
  signal: AbortSignal,
  { condition = 'true' }: DeletionOptions = {},
): Promise<void> {
  const references = ruledReferences(table);
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    for (const reference of references) await clearTheWay(context, reference, ids, signal);
    const isDeleted = await commitStep(context, signal, async ({ queries }) => {
      const locked = await rowsOf<{ id: number; fulfilled: boolean }>(
        queries,
        `SELECT id, (${condition}) AS fulfilled FROM "${table}" WHERE id = ANY(?::int[]) ORDER BY id FOR UPDATE`,
        [ids],
      );
      if (locked.some(({ fulfilled }) => !fulfilled))
        throw new PurgeBlocked(`a row of ${table} is not to be deleted any more`);
      if (await isReferredTo(queries, references, ids)) return false;
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
  { table, column, rule }: RuledReference,
  ids: readonly number[],
  signal: AbortSignal,
): Promise<void> {
  if (rule === 'delete-with') return;
  for (;;) {
    const rows = await context.database.write((queries) =>
      rowsOf<{ id: number }>(
        queries,
        `SELECT id FROM "${table}" WHERE "${column}" = ANY(?::int[]) LIMIT ${CHUNK}`,
        [ids],
      ),
    );
    if (rows.length === 0) return;
    if (rule === 'block') throw new PurgeBlocked(`${table}.${column} still refers to what is to be deleted`);
    const found = rows.map(({ id }) => id);
    if (rule === 'delete-first') {
      await deleteByGraph(context, table, found, signal);
      continue;
    }
    await commitStep(context, signal, ({ queries }) =>
      changedBy(
        queries,
        `UPDATE "${table}" SET "${column}" = NULL WHERE id = ANY(?::int[]) AND "${column}" = ANY(?::int[])`,
        [found, ids],
      ),
    );
  }
}

async function isReferredTo(
  queries: Queries,
  references: readonly RuledReference[],
  ids: readonly number[],
): Promise<boolean> {
  const looked = references.filter(({ rule }) => rule !== 'delete-with');
  if (looked.length === 0) return false;
  const [row] = await rowsOf<{ found: boolean }>(
    queries,
    `SELECT ${looked.map(({ table, column }) => `EXISTS (SELECT FROM "${table}" WHERE "${column}" = ANY(wanted.ids))`).join(' OR ')} AS found
       FROM (SELECT ?::int[] AS ids) AS wanted`,
    [ids],
  );
  return row?.found === true;
}
