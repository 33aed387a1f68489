/** Polls that are held until there is something new. */
export type WaitingPolls = {
  /**
   * Resolves on a change, after `ms`, when `gone` aborts, and at once if too many wait already or the listener is
   * closing. True if it waited.
   */
  wait(ms: number, gone: AbortSignal): Promise<boolean>;
  /** Something has changed: everybody is answered. */
  wake: () => void;
  /** Answers everybody, and from now on holds nobody. */
  close(): void;
};

const MAX_WAITING = 1000;

export function createWaitingPolls(maxWaiting: number = MAX_WAITING): WaitingPolls {
  const waiting = new Set<() => void>();
  let closed = false;
  const wake = (): void => {
    for (const answer of [...waiting]) answer();
  };
  return {
    wait: (ms, gone) => {
      if (closed || gone.aborted || waiting.size >= maxWaiting) return Promise.resolve(false);
      return new Promise((resolve) => {
        const answer = (): void => {
          clearTimeout(timer);
          gone.removeEventListener('abort', answer);
          waiting.delete(answer);
          resolve(true);
        };
        const timer = setTimeout(answer, ms);
        gone.addEventListener('abort', answer);
        waiting.add(answer);
      });
    },
    wake,
    close: () => {
      closed = true;
      wake();
    },
  };
}
