import { setTimeout as sleep } from 'node:timers/promises';
import { whenProcessExits } from './exit-hook.ts';
import { tellStandardError } from './last-resort.ts';
import type { LineWriter } from './line-writer.ts';
import { createPendingLines, type WriteBytes, type WriteOutcome } from './write-pending.ts';

export type BatchWriterOptions = {
  /** An open descriptor: 1 is standard output. It is never closed here. */
  fd: number;
  /** Other processes write to the descriptor too: lines up to 4 KiB are kept in one piece on a pipe. */
  shared?: boolean;
  /** Written at once when this much is waiting, else at the end of the event loop's turn. Default 64 KiB. */
  batchBytes?: number;
  /** At most this much waits for a reader; a call that would exceed it blocks, or drops. Default 4 MiB. */
  maxPendingBytes?: number;
  /** How long a reader that takes nothing at all is waited for. Default 5 s. */
  patienceMs?: number;
  /** Pause between attempts while the device is full, or nobody reads. Default 1 s. */
  retryMs?: number;
  /** The line that reports lost lines, written once the device takes lines again. */
  lossLine?: (droppedLines: number, code: string) => string;
  /** The system call, for tests of what no test machine does on demand. */
  writeBytes?: WriteBytes;
};

/** Longest pause of a wait, and between attempts while lines trickle through. */
const LONGEST_PAUSE_MS = 5;
const LONGEST_BUSY_RETRY_MS = 50;
const sleeper = new Int32Array(new SharedArrayBuffer(4));

/**
 * What the last attempt found: `busy` is a reader that lags, `stuck` one that has taken nothing for so long that
 * nobody waits for it any more.
 */
type State = 'open' | 'busy' | 'stuck' | 'failing' | 'gone';

/**
 * Writes lines to a descriptor in batches, in order, each exactly once. Nothing waits in a stream:
 * what is not yet written is known here, so that `flushSync` can write it when the process ends.
 */
export function createBatchWriter(options: BatchWriterOptions): LineWriter {
  const { fd, batchBytes = 64 * 1024, maxPendingBytes = 4 * 1024 * 1024 } = options;
  const { patienceMs = 5000, retryMs = 1000, lossLine } = options;
  const pending = createPendingLines(fd, options.writeBytes, options.shared);
  let state: State = 'open';
  let code: string | undefined;
  let droppedLines = 0;
  let tellDropped: (lines: number) => void = () => undefined;
  let unreportedLines = 0;
  let isScheduled = false;
  let writesAtOnce = false;
  let busyRetryMs = 1;
  let retryTimer: NodeJS.Timeout | undefined;

  const drop = (lines: number): void => {
    droppedLines += lines;
    unreportedLines += lines;
    if (lines > 0) tellDropped(lines);
  };

  const settle = (outcome: WriteOutcome, someTaken: boolean): void => {
    if (outcome.result === 'done') {
      const lossCode = code;
      state = 'open';
      code = undefined;
      if (lossCode === undefined || unreportedLines === 0) return;
      const lost = unreportedLines;
      unreportedLines = 0;
      if (lossLine !== undefined) append(lossLine(lost, lossCode));
    } else if (outcome.result === 'busy') {
      if (state !== 'stuck' || someTaken) state = 'busy';
      busyRetryMs = someTaken ? 1 : Math.min(busyRetryMs * 2, LONGEST_BUSY_RETRY_MS);
      retryLater(state === 'stuck' ? retryMs : busyRetryMs);
    } else {
      if (state !== 'failing' && state !== 'gone') {
        tellStandardError(
          `log output failed (${outcome.code})${outcome.result === 'gone' ? ', further lines are dropped' : ''}`,
        );
      }
      state = outcome.result;
      code = outcome.code;
      if (outcome.result === 'gone') drop(pending.discard());
      else retryLater(retryMs);
    }
  };

  const write = (): void => {
    if (state === 'gone') return;
    const before = pending.takenBytes();
    const outcome = pending.write();
    settle(outcome, pending.takenBytes() > before);
  };

  const retryLater = (delayMs: number): void => {
    // Not a reason to stay alive: what is left is written by the exit hook.
    retryTimer ??= setTimeout(() => {
      retryTimer = undefined;
      write();
    }, delayMs).unref();
  };

  const schedule = (): void => {
    if (isScheduled) return;
    isScheduled = true;
    setImmediate(() => {
      isScheduled = false;
      if (state === 'open') write();
    });
  };

  /**
   * A wait until no more than `untilBytes` are pending, for `limitMs` at most. Each call tries to write and returns
   * how long to pause before the next one, or undefined when the wait is over.
   */
  const waitUntil = (untilBytes: number, limitMs: number): (() => number | undefined) => {
    const deadlineMs = performance.now() + limitMs;
    let lastTaken = pending.takenBytes();
    // Counted in pauses: while the whole machine slept no reader could read.
    let idleMs = 0;
    return () => {
      write();
      if (state !== 'busy' || pending.sizeBytes() <= untilBytes) return undefined;
      if (pending.takenBytes() !== lastTaken) idleMs = 0;
      lastTaken = pending.takenBytes();
      if (idleMs >= patienceMs || performance.now() >= deadlineMs) {
        state = 'stuck';
        code = 'EAGAIN';
        tellStandardError(
          `nobody reads the log (EAGAIN): lines are dropped while ${maxPendingBytes} bytes wait`,
        );
        return undefined;
      }
      const pauseMs = Math.min(idleMs + 1, LONGEST_PAUSE_MS);
      idleMs += pauseMs;
      return pauseMs;
    };
  };

  const writeBlocking = (untilBytes: number, limitMs = Number.POSITIVE_INFINITY): void => {
    const next = waitUntil(untilBytes, limitMs);
    for (let pauseMs = next(); pauseMs !== undefined; pauseMs = next()) Atomics.wait(sleeper, 0, 0, pauseMs);
  };

  const exceeds = (lines: string): boolean =>
    pending.sizeBytes() > 0 && pending.sizeBytes() + lines.length > maxPendingBytes;

  const append = (lines: string): void => {
    if (exceeds(lines) && (state === 'open' || state === 'busy'))
      writeBlocking(maxPendingBytes - Math.min(maxPendingBytes, batchBytes + lines.length));
    if (state === 'gone' || exceeds(lines)) return drop(1);
    pending.add(lines);
    // At the exit nothing comes later that could write what a full pipe did not take.
    if (writesAtOnce) flushSync();
    else if (state === 'open' && pending.sizeBytes() >= batchBytes) write();
    else schedule();
  };

  const flushSync = (limitMs?: number): void => {
    writeBlocking(0, limitMs);
  };

  const flush = async (limitMs = Number.POSITIVE_INFINITY): Promise<void> => {
    const next = waitUntil(0, limitMs);
    for (let pauseMs = next(); pauseMs !== undefined; pauseMs = next()) await sleep(pauseMs);
  };

  const forget = whenProcessExits(() => {
    writesAtOnce = true;
    flushSync();
    const lostBytes = pending.sizeBytes();
    if (lostBytes > 0)
      tellStandardError(`nobody took the last ${lostBytes} bytes of the log (${code ?? 'EAGAIN'})`);
  });

  return {
    append,
    flush,
    flushSync,
    close: () => {
      writesAtOnce = true;
      flushSync();
      forget();
    },
    state: () => ({ pendingBytes: pending.sizeBytes(), droppedLines, problem: code }),
    onDropped: (listener) => {
      tellDropped = listener;
      if (droppedLines > 0) listener(droppedLines);
    },
  };
}
