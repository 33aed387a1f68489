import type { Queries } from '@quay-observability/database';
import { rowsOf } from '../steps/run-sql.ts';
import type { Candidate } from './candidates.ts';
import { readWindows } from './read-windows.ts';
import { UNFORESEEN } from './unforeseen.ts';

export type GarbageRule = {
  /** Unix milliseconds. */
  readonly nowMs: number;
  readonly keepImmutable: boolean;
};

/** The end that tags of this window must have reached to be garbage, unix ms. */
export function garbageUntil(nowMs: number, windowSeconds: number): number {
  return nowMs - windowSeconds * 1000;
}

/** The repository with its present window, if it still has garbage: somebody else may have collected it. */
export async function confirmGarbage(
  queries: Queries,
  repositoryId: number,
  { nowMs, keepImmutable }: GarbageRule,
): Promise<Candidate | undefined> {
  const windowSeconds = (await readWindows(queries, [repositoryId])).get(repositoryId);
  if (windowSeconds === undefined) return undefined;
  const garbage = await rowsOf(
    queries,
    `SELECT FROM tag WHERE repository_id = ${UNFORESEEN} AND lifetime_end_ms <= ? ${keepImmutable ? 'AND NOT immutable' : ''}
      ORDER BY lifetime_end_ms LIMIT 1`,
    [repositoryId, garbageUntil(nowMs, windowSeconds)],
  );
  return garbage.length === 0 ? undefined : { repositoryId, windowSeconds };
}
