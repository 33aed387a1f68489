import { CodedError } from '@quay-observability/coded-errors';

/** The outcome of a bounded poll, and when the poll itself is over. */
export type BoundPoll<T> = {
  /** Rejects with `SNAPSHOT_UNAVAILABLE` if the answer is late, and if `stop` aborts. */
  readonly answer: Promise<T>;
  /** Resolves when the poll has ended, late or not, or when `stop` aborts. Until then there must be no other. */
  readonly ended: Promise<void>;
};

/**
 * Starts a poll that must answer within `limitMs`. Its signal aborts then, or when `stop` does; a source that does
 * not heed it (a file system that hangs) holds up nobody but the next poll.
 */
export function boundPoll<T>(
  limitMs: number,
  stop: AbortSignal,
  poll: (signal: AbortSignal) => Promise<T>,
): BoundPoll<T> {
  const ends = new AbortController();
  const late = Promise.withResolvers<never>();
  const stopped = Promise.withResolvers<void>();
  const give = (message: string) => () => {
    late.reject(new CodedError('SNAPSHOT_UNAVAILABLE', message));
    ends.abort();
  };
  const timer = setTimeout(give('There was no answer in time'), limitMs);
  const onStop = () => {
    clearTimeout(timer);
    give('The process stops')();
    stopped.resolve();
  };
  if (stop.aborted) onStop();
  else stop.addEventListener('abort', onStop, { once: true });

  // What is thrown at once is a rejection, too.
  const work = (async () => poll(ends.signal))();
  const over = work.then(
    () => undefined,
    () => undefined,
  );
  void over.then(() => {
    clearTimeout(timer);
    stop.removeEventListener('abort', onStop);
  });
  return { answer: Promise.race([work, late.promise]), ended: Promise.race([over, stopped.promise]) };
}
