import type { Queries } from '@quay-observability/database';
import { createCandidates, MOST_WINDOWS, type Candidate } from './candidates.ts';
import { confirmGarbage, garbageUntil, type GarbageRule } from './confirm-garbage.ts';
import { from, FROM_THE_FIRST, readDeadTags, type DeadTag, type DeadTagCursor } from './read-dead-tags.ts';
import { readWindows } from './read-windows.ts';

export type FindOptions = GarbageRule & { readonly signal: AbortSignal };

/** Finds work. It remembers what it has seen: one for the life of a process. */
export type GarbageFinder = {
  /** One of the repositories with garbage, undefined if none is known. Throws the reason of the signal. */
  find(queries: Queries, options: FindOptions): Promise<Candidate | undefined>;
  /** It could not be collected now: it is to be found again. */
  giveBack(candidate: Candidate): void;
};

export type FinderOptions = {
  readonly random?: () => number;
  /** Dead tags looked at by one statement; 1000. */
  readonly pageSize?: number;
};

/** Pages of one search that go through all dead tags in turn. */
const PAGES = 5;
/** Candidates that one search looks at once more, until one still has garbage. */
const MOST_CONFIRMED = 50;
/** How much longer ago than the last search a tag may have passed its window: clocks differ, and transactions take time. */
const OVERLAP_MS = 60_000;

/**
 * Draws a window of the namespaces with garbage, then a repository of that window. What a search costs is bounded by the
 * dead tags that it looks at, and is the same however many there are:
 *
 * - All dead tags in turn, oldest first, some in each search, tell which windows there are, and find what has been garbage
 *   for long or has become so by a change of the rules.
 * - For each window those tags that have passed it since the last search: what has just become garbage is found at once,
 *   however many others still wait for a longer window.
 *
 * What is found is kept until it is drawn, and looked at once more then.
 */
export function createGarbageFinder({
  random = Math.random,
  pageSize = 1000,
}: FinderOptions = {}): GarbageFinder {
  const candidates = createCandidates({ random });
  /** When the tags that pass each window, in seconds, were last looked at. */
  const searchedAt = new Map<number, number>();
  let inTurn: DeadTagCursor | undefined;

  const search = async (queries: Queries, { nowMs, keepImmutable, signal }: FindOptions): Promise<void> => {
    const windows = new Map<number, number | undefined>();
    const judge = async (tags: readonly DeadTag[]): Promise<void> => {
      const oldest = oldestEnds(keepImmutable ? tags.filter(({ immutable }) => !immutable) : tags);
      const unknown = [...oldest.keys()].filter((id) => !windows.has(id));
      const found = unknown.length === 0 ? undefined : await readWindows(queries, unknown);
      for (const id of unknown) windows.set(id, found?.get(id));
      for (const [repositoryId, endMs] of oldest) {
        const windowSeconds = windows.get(repositoryId);
        if (windowSeconds === undefined) continue;
        if (!searchedAt.has(windowSeconds) && searchedAt.size < MOST_WINDOWS)
          searchedAt.set(windowSeconds, nowMs);
        if (endMs <= garbageUntil(nowMs, windowSeconds)) candidates.add({ repositoryId, windowSeconds });
      }
    };
    const readPage = async (after: DeadTagCursor, untilMs: number): Promise<DeadTagCursor | undefined> => {
      signal.throwIfAborted();
      const { tags, next } = await readDeadTags(queries, { after, untilMs, limit: pageSize });
      await judge(tags);
      return next;
    };

    for (const [windowSeconds, lastMs] of [...searchedAt]) {
      // Of more than a page the rest is found in its turn.
      await readPage(
        from(garbageUntil(lastMs - OVERLAP_MS, windowSeconds)),
        garbageUntil(nowMs, windowSeconds),
      );
      searchedAt.set(windowSeconds, nowMs);
    }
    for (let pages = 0; pages < PAGES; pages += 1) {
      inTurn = await readPage(inTurn ?? FROM_THE_FIRST, nowMs);
      if (inTurn === undefined) break;
    }
  };

  return {
    find: async (queries, options) => {
      await search(queries, options);
      for (let confirmed = 0; confirmed < MOST_CONFIRMED; confirmed += 1) {
        const drawn = candidates.draw();
        if (drawn === undefined) return undefined;
        options.signal.throwIfAborted();
        const candidate = await confirmGarbage(queries, drawn.repositoryId, options);
        if (candidate !== undefined) return candidate;
      }
      return undefined;
    },
    giveBack: (candidate) => candidates.add(candidate),
  };
}

/** The end of each repository's tag that died first, unix ms. */
function oldestEnds(tags: readonly DeadTag[]): Map<number, number> {
  const ends = new Map<number, number>();
  for (const { repositoryId, endMs } of tags)
    if (endMs < (ends.get(repositoryId) ?? Infinity)) ends.set(repositoryId, endMs);
  return ends;
}
