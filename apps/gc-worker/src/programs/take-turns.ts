/** Lets one piece of work run at a time, in the order of asking. */
export type Turns = <T>(signal: AbortSignal, work: () => Promise<T>) => Promise<T>;

/**
 * Within a process the two purging programs wait for each other before they claim anything: else each would hold an item
 * that it has to give back for minutes, because the other has the lock for large collections.
 */
export function createTurns(): Turns {
  let last: Promise<void> = Promise.resolve();
  return async (signal, work) => {
    const before = last;
    const turn = Promise.withResolvers<void>();
    last = turn.promise;
    try {
      await Promise.race([before, rejectedOnAbort(signal)]);
      return await work();
    } finally {
      // Whoever gives up waiting does not let others in early.
      void before.then(turn.resolve);
    }
  };
}

function rejectedOnAbort(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  const give = () => reject(signal.reason as Error);
  if (signal.aborted) give();
  else signal.addEventListener('abort', give, { once: true });
  // Nobody may be listening any more when it aborts.
  promise.catch(() => undefined);
  return promise;
}
