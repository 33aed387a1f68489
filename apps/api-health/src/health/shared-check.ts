import type { CheckResult, ServiceCheck } from './service-check.ts';

/** A check whose answer serves everybody who asks at about the same time. */
export type SharedCheck = {
  readonly name: string;
  /** Never rejects, and resolves within the time limit whatever the service does. */
  readonly run: () => Promise<CheckResult>;
  /** Whether the latest run that has ended found the service unhealthy. */
  readonly isFailing: () => boolean;
};

export type ShareOptions = {
  /** How long a result serves whoever asks next. */
  readonly shareMs: number;
  /** After which nobody waits for a check any longer. */
  readonly timeoutMs: number;
  /** Texts of failures may come from drivers: takes secrets out of them. */
  readonly redact: (text: string) => string;
  /** Told of every run, and the seconds it took; not of those who share it. */
  readonly onChecked?: (name: string, healthy: boolean, seconds: number) => void;
};

const LAST_WORD_MS = 100;

/**
 * Runs a check at most once at a time, with a time limit. One that has not even let go at its limit is not begun
 * again before it has: whoever asks meanwhile hears that it still hangs, and nothing piles up behind it.
 */
export function shareCheck({ name, check }: ServiceCheck, options: ShareOptions): SharedCheck {
  const { shareMs, timeoutMs, redact } = options;
  let latest: { readonly result: Promise<CheckResult>; endedAt: number | undefined } | undefined;
  let isHeld = false;
  let isFailing = false;

  const begin = async (): Promise<CheckResult> => {
    if (isHeld) return { healthy: false, failure: 'The check before has not ended yet' };
    isHeld = true;
    const signal = AbortSignal.timeout(timeoutMs);
    const checked = answerOf(check, signal);
    void checked.then(() => {
      isHeld = false;
    });
    return Promise.race([checked, failedAt(signal, timeoutMs)]);
  };

  return {
    name,
    isFailing: () => isFailing,
    run: () => {
      if (latest !== undefined) {
        const { result, endedAt } = latest;
        if (endedAt === undefined || performance.now() - endedAt < shareMs) return result;
      }
      const startMs = performance.now();
      const result = begin().then((found) => {
        isFailing = !found.healthy;
        options.onChecked?.(name, found.healthy, (performance.now() - startMs) / 1000);
        return redacted(found);
      });
      const started = { result, endedAt: undefined as number | undefined };
      latest = started;
      void started.result.then(() => {
        started.endedAt = performance.now();
      });
      return started.result;
    },
  };

  function redacted(result: CheckResult): CheckResult {
    if (!result.healthy) return { healthy: false, failure: redact(result.failure) };
    return result.message === undefined ? result : { healthy: true, message: redact(result.message) };
  }
}

async function answerOf(check: ServiceCheck['check'], signal: AbortSignal): Promise<CheckResult> {
  try {
    return await check(signal);
  } catch (error) {
    return { healthy: false, failure: error instanceof Error ? error.message : String(error) };
  }
}

/** A check that minds the signal has a moment to say by itself what it was waiting for. */
function failedAt(signal: AbortSignal, timeoutMs: number): Promise<CheckResult> {
  const failure = `No answer within ${timeoutMs / 1000} s`;
  return new Promise((resolve) => {
    const fail = () => setTimeout(resolve, LAST_WORD_MS, { healthy: false, failure });
    signal.addEventListener('abort', fail, { once: true });
  });
}
