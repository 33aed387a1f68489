import { setTimeout as pause } from 'node:timers/promises';

/** Asks for the ids of repositories, many in one question, and never for one twice at a time. */
export type LookUps = {
  /** Puts a repository on the list of those to be asked for; `start` must follow. */
  ask(repository: string): void;
  start(): void;
  /** Asks no more. */
  stop(): void;
};

/** The ids of those that were found. Unless the answer is final, the others may exist all the same. */
export type Found = { readonly ids: ReadonlyMap<string, number>; readonly isFinal: boolean };

export type LookUpsOptions = {
  /** `attempt` begins at 1. */
  readonly find: (repositories: readonly string[], attempt: number) => Promise<Found>;
  /** Null: there is no such repository. Called once for every repository that was asked for, unless stopped. */
  readonly onAnswer: (repository: string, id: number | null) => void;
  /** The question failed at every attempt. */
  readonly onFailure: (repository: string, error: unknown) => void;
  readonly limits: LookUpLimits;
};

export type LookUpLimits = {
  /** Questions at a time. */
  readonly concurrency: number;
  /** Repositories in one question. */
  readonly perQuestion: number;
  readonly attempts: number;
  readonly pauseMs: number;
};

export function createLookUps({ find, onAnswer, onFailure, limits }: LookUpsOptions): LookUps {
  /** In the order of arrival. */
  const waiting = new Set<string>();
  const stopping = new AbortController();
  let running = 0;

  const take = (): string[] => {
    const taken = [...waiting].slice(0, limits.perQuestion);
    for (const repository of taken) waiting.delete(repository);
    return taken;
  };

  /** Tells what was found; resolves to what has to be asked for again. */
  const answer = (repositories: readonly string[], { ids, isFinal }: Found): string[] => {
    const missing: string[] = [];
    for (const repository of repositories) {
      const id = ids.get(repository) ?? null;
      if (id === null && !isFinal) missing.push(repository);
      else onAnswer(repository, id);
    }
    return missing;
  };

  const question = async (repositories: readonly string[]): Promise<void> => {
    let left = repositories;
    for (let attempt = 1; left.length > 0 && !stopping.signal.aborted; attempt += 1) {
      try {
        const found = await find(left, attempt);
        if (!stopping.signal.aborted) left = answer(left, found);
      } catch (error) {
        if (stopping.signal.aborted) return;
        if (attempt >= limits.attempts) {
          for (const repository of left) onFailure(repository, error);
          return;
        }
        await pause(limits.pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  };

  const start = (): void => {
    while (running < limits.concurrency && waiting.size > 0) {
      running += 1;
      void question(take()).finally(() => {
        running -= 1;
        start();
      });
    }
  };

  return {
    ask: (repository) => {
      waiting.add(repository);
    },
    start,
    stop: () => {
      waiting.clear();
      stopping.abort();
    },
  };
}
