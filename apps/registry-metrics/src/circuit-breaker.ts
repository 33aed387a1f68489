export type CircuitLimits = {
  /** For one question. */
  readonly timeoutMs: number;
  /** How long nothing is asked after a failure. */
  readonly restMs: number;
};

/** Stands before something that may fail or hang, and that one can do without. */
export type CircuitBreaker = {
  /** The answer; rejects if there is none in time. Undefined at once if nothing is to be asked now. */
  ask<T>(question: () => Promise<T>): Promise<T> | undefined;
};

/**
 * What fails is left alone for a while, then tried with a single question; the others go on without it until
 * that one is answered. `onChange` is told when the rest begins, with the error, and when it is over.
 */
export function createCircuitBreaker(
  { timeoutMs, restMs }: CircuitLimits,
  onChange?: (error: unknown) => void,
): CircuitBreaker {
  let restsUntil: number | undefined;
  const ask = async <T>(question: () => Promise<T>): Promise<T> => {
    try {
      const answer = await within(timeoutMs, question());
      if (restsUntil !== undefined) onChange?.(undefined);
      restsUntil = undefined;
      return answer;
    } catch (error) {
      if (restsUntil === undefined) onChange?.(error);
      restsUntil = performance.now() + restMs;
      throw error;
    }
  };
  return {
    ask(question) {
      if (restsUntil !== undefined) {
        if (performance.now() < restsUntil) return undefined;
        restsUntil = performance.now() + restMs;
      }
      return ask(question);
    },
  };
}

async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no answer within ${timeoutMs} ms`));
    }, timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
