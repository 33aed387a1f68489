import type { Queries } from '@quay-observability/database';
import { rowsOf, type SqlValue } from '../steps/run-sql.ts';
import { PurgeBlocked } from './purge-blocked.ts';

/** SQL about a row of the table that it is used on, with `?` for its values. */
export type RowCondition = { readonly sql: string; readonly values: readonly SqlValue[] };

type Strength = 'FOR SHARE' | 'FOR UPDATE';

/** Rows that are on their way out, and the reason for it, which may pass. */
export type DoomedRows = {
  readonly table: string;
  /** All that were doomed when they were looked for. */
  readonly ids: readonly number[];
  /**
   * Locks those of the rows that are there and still doomed, until the end of the transaction: the reason holds for as
   * long. Throws PurgeBlocked if what all began with is not to be deleted any more.
   */
  hold(queries: Queries, strength: Strength): Promise<number[]>;
};

export type RootOptions = {
  readonly table: string;
  readonly ids: readonly number[];
  /** What each row must fulfil. */
  readonly condition: RowCondition;
  /** Asked before, in every transaction. Throws PurgeBlocked. */
  readonly guard: ((queries: Queries) => Promise<void>) | undefined;
};

/** Rows that are to be deleted for their own sake: if one of them is not, the whole deletion is off. */
export function rootRows({ table, ids, condition, guard }: RootOptions): DoomedRows {
  return {
    table,
    ids,
    hold: async (queries, strength) => {
      await guard?.(queries);
      const rows = await rowsOf<{ id: number; fulfilled: boolean }>(
        queries,
        `SELECT id, (${condition.sql}) AS fulfilled FROM "${table}" WHERE id = ANY(?::int[]) ORDER BY id ${strength}`,
        [...condition.values, ids],
      );
      if (rows.some(({ fulfilled }) => !fulfilled))
        throw new PurgeBlocked(`a row of ${table} is not to be deleted any more`);
      return rows.map(({ id }) => id);
    },
  };
}

/** Rows that go because they refer to doomed ones: one that has come to refer to something else stays. */
export function referringRows(
  target: DoomedRows,
  { table, column }: { readonly table: string; readonly column: string },
  ids: readonly number[],
): DoomedRows {
  return {
    table,
    ids,
    hold: async (queries, strength) => {
      const targets = await target.hold(queries, 'FOR SHARE');
      const rows = await rowsOf<{ id: number }>(
        queries,
        `SELECT id FROM "${table}" WHERE id = ANY(?::int[]) AND "${column}" = ANY(?::int[]) ORDER BY id ${strength}`,
        [ids, targets],
      );
      return rows.map(({ id }) => id);
    },
  };
}
