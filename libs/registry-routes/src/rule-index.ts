import type { TailSegment } from './compile-rule.ts';

/** Finds the few rules worth trying for a path, by its last two segments, in the order of their rank. */
export type RuleIndex<Rule> = {
  candidates(previous: string, last: string): readonly Rule[];
};

/**
 * Indexes rules by the literals at their end; `ranked` are in the order of their rank. Builds the tables once;
 * a request then costs two look-ups, however many rules there are.
 */
export function createRuleIndex<Rule extends { readonly tail: readonly TailSegment[] }>(
  ranked: readonly Rule[],
): RuleIndex<Rule> {
  const literals = new Set(
    ranked.flatMap(({ tail }) => tail.flatMap((segment) => ('literal' in segment ? [segment.literal] : []))),
  );
  // The empty string stands for "any other segment"; no segment of a candidate is empty.
  const keys = [...literals, ''];
  const table = new Map(
    keys.map((last) => [
      last,
      new Map(
        keys.map((previous) => [previous, ranked.filter(({ tail }) => mayEndWith(tail, previous, last))]),
      ),
    ]),
  );
  const otherRow = table.get('');
  return {
    candidates(previous, last) {
      const row = table.get(last) ?? otherRow;
      return row?.get(previous) ?? row?.get('') ?? [];
    },
  };
}

function mayEndWith(tail: readonly TailSegment[], previous: string, last: string): boolean {
  const [beforeLast, atLast] = [tail.at(-2), tail.at(-1)];
  if (atLast === undefined) return true;
  if ('literal' in atLast && atLast.literal !== last) return false;
  return beforeLast === undefined || !('literal' in beforeLast) || beforeLast.literal === previous;
}
