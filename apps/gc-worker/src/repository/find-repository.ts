import type { Queries } from '@quay-observability/database';
import { readDeadTags, type DeadTagCursor } from './read-dead-tags.ts';

/** A repository with tags that are dead for longer than the window of its namespace. */
export type Candidate = { readonly repositoryId: number; readonly windowSeconds: number };

export type FindOptions = {
  readonly nowMs: number;
  readonly keepImmutable: boolean;
  readonly signal: AbortSignal;
};

/** Finds work. It remembers how far it has looked: one for the life of a process. */
export type GarbageFinder = {
  /** One of the repositories with garbage, undefined if none is found this time. Throws the reason of the signal. */
  find(queries: Queries, options: FindOptions): Promise<Candidate | undefined>;
};

export type FinderOptions = {
  readonly random?: () => number;
  /** Dead tags looked at by one statement; 5000. */
  readonly pageSize?: number;
};

/** Python's limits (contract section 8). */
const MOST_WINDOWS = 100;
const MOST_REPOSITORIES = 500;
/** Pages of one search: from the oldest tags on, and from where the last search ended. */
const FIRST_PAGES = 2;
const FURTHER_PAGES = 6;

/**
 * Draws a window of the namespaces with garbage, then one of up to 500 repositories of that window. The tags that are
 * dead are gone through by their age. The oldest are mostly garbage, and looked at every time; those that are still
 * within their window may be very many, so of them each search looks at as many more, in turn.
 */
export function createGarbageFinder({
  random = Math.random,
  pageSize = 5000,
}: FinderOptions = {}): GarbageFinder {
  let further: DeadTagCursor | undefined;

  const search = async (queries: Queries, { signal, ...options }: FindOptions): Promise<Found> => {
    const found = createFound();
    const readPage = async (after: DeadTagCursor | undefined) => {
      signal.throwIfAborted();
      const page = await readDeadTags(queries, { ...options, after, limit: pageSize });
      for (const each of page.garbage) found.add(each);
      return page.next;
    };
    let next: DeadTagCursor | undefined;
    for (let pages = 0; pages < FIRST_PAGES && !found.isFull(); pages += 1) {
      next = await readPage(next);
      if (next === undefined) return found;
    }
    // Where the search from the front has got to, if the last round came to the end of all dead tags.
    further ??= next;
    for (let pages = 0; pages < FURTHER_PAGES && !found.isFull(); pages += 1) {
      further = await readPage(further);
      if (further === undefined) return found;
    }
    return found;
  };

  return { find: async (queries, options) => (await search(queries, options)).draw(random) };
}

type Found = ReturnType<typeof createFound>;

function createFound() {
  const byWindow = new Map<number, Set<number>>();
  let repositories = 0;
  return {
    add: ({ repositoryId, windowSeconds }: Candidate): void => {
      const ofWindow = byWindow.get(windowSeconds) ?? new Set<number>();
      if (byWindow.size >= MOST_WINDOWS && ofWindow.size === 0) return;
      byWindow.set(windowSeconds, ofWindow);
      if (!ofWindow.has(repositoryId)) repositories += 1;
      ofWindow.add(repositoryId);
    },
    isFull: () => repositories >= MOST_REPOSITORIES,
    draw: (random: () => number): Candidate | undefined => {
      const windows = [...byWindow];
      const [windowSeconds, ids] = windows[Math.floor(random() * windows.length)] ?? [];
      if (windowSeconds === undefined || ids === undefined) return undefined;
      return { windowSeconds, repositoryId: [...ids][Math.floor(random() * ids.size)]! };
    },
  };
}
