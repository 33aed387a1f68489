import { CodedError } from '@quay-observability/coded-errors';
import type { Logger } from '@quay-observability/logging';

/** Share of the grace period that the app's own work may use; the rest closes connections and flushes. */
const APP_SHARE_OF_GRACE = 0.8;

/** Divides the grace period, in milliseconds: the delay, the app's own work, and closing connections. */
export function shutdownLimits(graceMs: number, wantedDelayMs: number) {
  const delayMs = Math.min(wantedDelayMs, graceMs / 2);
  const drainMs = (graceMs - delayMs) * APP_SHARE_OF_GRACE;
  return { delayMs, drainMs, closeMs: graceMs - delayMs - drainMs };
}

/** For the last lines of the log, if everything else has used up the grace period. */
const LEAST_FLUSH_MS = 500;

/**
 * Begins the grace period. The function that it returns waits until the log is written, within what is left of the
 * period: a reader of the log that has stopped reading must not keep the process.
 */
export function lastWords(log: Pick<Logger, 'flush'>, graceMs: number): () => Promise<void> {
  const endMs = performance.now() + graceMs;
  return () => log.flush(Math.max(endMs - performance.now(), LEAST_FLUSH_MS));
}

/** Whether `work` ended well within the limit; what went wrong is logged. */
export async function within(
  limitMs: number,
  work: () => Promise<unknown>,
  log: Logger,
  what: string,
): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new CodedError('SHUTDOWN_TIMED_OUT', `${what} did not end within ${limitMs} ms`));
    }, limitMs);
  });
  try {
    await Promise.race([work(), late]);
    return true;
  } catch (error) {
    log.error('The shutdown is not clean.', { error });
    return false;
  } finally {
    clearTimeout(timer);
  }
}
