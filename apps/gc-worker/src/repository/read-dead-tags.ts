import type { Queries } from '@quay-observability/database';
import { rowsOf } from '../steps/run-sql.ts';

/**
 * Position in the order of lifetime's end: behind so many of the tags that end at this moment (unix ms). Not their ids,
 * because the index has no second column: to sort by it, all tags of one moment would have to be read.
 */
export type DeadTagCursor = { readonly endMs: number; readonly passed: number };

/** Before the first tag that ends at this moment, or later. */
export function from(endMs: number): DeadTagCursor {
  return { endMs, passed: 0 };
}

/** Before all tags. */
export const FROM_THE_FIRST = from(Number.MIN_SAFE_INTEGER);

export type DeadTag = {
  readonly repositoryId: number;
  readonly endMs: number;
  readonly immutable: boolean;
};

export type DeadTagPage = {
  readonly tags: readonly DeadTag[];
  /** Undefined if there are no more. */
  readonly next: DeadTagCursor | undefined;
};

export type DeadTagOptions = {
  readonly after: DeadTagCursor;
  /** The last end that is read, unix ms. */
  readonly untilMs: number;
  readonly limit: number;
};

type Row = { repository_id: number; end_ms: string; immutable: boolean };

/**
 * Reads so many tags in the order of their end, along its index, whatever becomes of them: a condition that few tags
 * fulfil would make the walk as long as there are others.
 */
export async function readDeadTags(
  queries: Queries,
  { after, untilMs, limit }: DeadTagOptions,
): Promise<DeadTagPage> {
  // The limit is a part of the text: a plan for an unknown one would reckon with a tenth of all tags.
  const rows = await rowsOf<Row>(
    queries,
    `SELECT repository_id, lifetime_end_ms AS end_ms, immutable FROM tag
      WHERE lifetime_end_ms >= ? AND lifetime_end_ms <= ?
      ORDER BY lifetime_end_ms LIMIT ${limit} OFFSET ?`,
    [after.endMs, untilMs, after.passed],
  );
  const tags = rows.map((row) => ({
    ...{ repositoryId: row.repository_id, endMs: Number(row.end_ms), immutable: row.immutable },
  }));
  return { tags, next: tags.length < limit ? undefined : behind(tags, after) };
}

function behind(tags: readonly DeadTag[], after: DeadTagCursor): DeadTagCursor {
  const endMs = tags.at(-1)?.endMs ?? after.endMs;
  const ofThatMoment = tags.filter((tag) => tag.endMs === endMs).length;
  return { endMs, passed: ofThatMoment + (endMs === after.endMs ? after.passed : 0) };
}
