/** A repository with tags that are dead for longer than the window of its namespace. */
export type Candidate = { readonly repositoryId: number; readonly windowSeconds: number };

/** Repositories that were found to have garbage, and have not been drawn yet. */
export type Candidates = {
  add(candidate: Candidate): void;
  /** Draws a window, then a repository of it, which is taken out. Undefined if there is none. */
  draw(): Candidate | undefined;
};

/** Python's limits: windows that it draws from, and repositories of a window (contract section 8). */
export const MOST_WINDOWS = 100;
const MOST_REPOSITORIES = 500;

export type CandidatesOptions = {
  /** At least 0 and below 1, as `Math.random`. */
  readonly random: () => number;
  readonly mostRepositories?: number;
};

/**
 * A bounded store of candidates. One more than a window has place for takes the place of any other: so whoever is
 * found has a chance, also where the others are found again and again because they cannot be collected.
 */
export function createCandidates({
  random,
  mostRepositories = MOST_REPOSITORIES,
}: CandidatesOptions): Candidates {
  const byWindow = new Map<number, number[]>();
  const anyOf = (list: readonly unknown[]): number => Math.floor(random() * list.length);
  return {
    add: ({ repositoryId, windowSeconds }) => {
      const ids = byWindow.get(windowSeconds) ?? [];
      if (ids.includes(repositoryId) || (ids.length === 0 && byWindow.size >= MOST_WINDOWS)) return;
      byWindow.set(windowSeconds, ids);
      ids[ids.length < mostRepositories ? ids.length : anyOf(ids)] = repositoryId;
    },
    draw: () => {
      const windows = [...byWindow];
      const [windowSeconds, ids] = windows[anyOf(windows)] ?? [];
      if (windowSeconds === undefined || ids === undefined) return undefined;
      const [repositoryId] = ids.splice(anyOf(ids), 1);
      if (ids.length === 0) byWindow.delete(windowSeconds);
      return { repositoryId: repositoryId!, windowSeconds };
    },
  };
}
