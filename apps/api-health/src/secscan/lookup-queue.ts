import { AsyncResource } from 'node:async_hooks';

/** Work beside the path of requests: bounded, and finished before the process ends. */
export type LookupQueue = {
  /**
   * Takes work that stands for `size` layers or manifests. Undefined if there is no room. The promise rejects as the
   * work does, or with `LookupsEnded` if the process ends before.
   */
  add<T>(size: number, work: () => Promise<T>): Promise<T> | undefined;
  /** Resolves when nothing is left; what is left after `limitMs` is given up. */
  drained(limitMs: number): Promise<void>;
};

/** The process ends; the work was not done, or not to its end. */
export class LookupsEnded extends Error {}

export type LookupQueueOptions = {
  /** Most layers and manifests at a time. */
  maxSize: number;
  /** Pieces of work at a time. */
  concurrency: number;
  /** Told how many layers and manifests are waiting or under way, whenever that changes. */
  onLength: (length: number) => void;
};

type Entry = { readonly start: () => Promise<void>; readonly giveUp: () => void };

export function createLookupQueue({ maxSize, concurrency, onLength }: LookupQueueOptions): LookupQueue {
  const entries = new Set<Entry>();
  const waiting: Entry[] = [];
  let running = 0;
  let length = 0;

  const changeLength = (by: number): void => {
    length += by;
    onLength(length);
  };

  const startNext = (): void => {
    if (running >= concurrency) return;
    const next = waiting.shift();
    if (next === undefined) return;
    running += 1;
    void next.start().finally(() => {
      running -= 1;
      startNext();
    });
  };

  return {
    add<T>(size: number, work: () => Promise<T>) {
      if (length + size > maxSize) return undefined;
      changeLength(size);
      const { promise, resolve, reject } = Promise.withResolvers<T>();
      const leave = (): void => {
        if (entries.delete(entry)) changeLength(-size);
      };
      const entry: Entry = {
        // Another one's end may start it, but its log lines belong to the request that asked.
        start: AsyncResource.bind(() => work().then(resolve, reject).finally(leave)),
        giveUp: () => {
          leave();
          reject(new LookupsEnded('the process ends'));
        },
      };
      entries.add(entry);
      waiting.push(entry);
      startNext();
      return promise;
    },
    async drained(limitMs) {
      const timer = setTimeout(() => {
        waiting.length = 0;
        for (const { giveUp } of [...entries]) giveUp();
      }, limitMs);
      while (entries.size > 0) await new Promise((resolve) => setTimeout(resolve, 10));
      clearTimeout(timer);
    },
  };
}
