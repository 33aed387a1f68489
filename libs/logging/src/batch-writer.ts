import { writeSync } from 'node:fs';
import { whenProcessExits } from './exit-hook.ts';
import type { LineWriter } from './line-writer.ts';
import { createPendingLines, type WriteBytes, type WriteOutcome } from './write-pending.ts';

export type BatchWriterOptions = {
  /** An open descriptor: 1 is standard output. It is never closed here. */
  fd: number;
  /** Other processes write to the descriptor too: lines up to 4 KiB are kept in one piece on a pipe. */
  shared?: boolean;
  /** Written at once when this much is waiting, else at the end of the event loop's turn. Default 64 KiB. */
  batchBytes?: number;
  /** At most this much waits for a reader; a call that would exceed it blocks. Default 4 MiB. */
  maxPendingBytes?: number;
  /** How long `flushSync` waits for a reader that takes nothing at all. Default 10 s. */
  patienceMs?: number;
  /** Pause between attempts while the device is full. Default 1 s. */
  retryMs?: number;
  /** The line that reports lost lines, written once the device takes lines again. */
  lossLine?: (droppedLines: number, code: string) => string;
  /** The system call, for tests of what no test machine does on demand. */
  writeBytes?: WriteBytes;
};

const BUSY_RETRY_MS = 5;
const sleeper = new Int32Array(new SharedArrayBuffer(4));

/**
 * Writes lines to a descriptor in batches, in order, each exactly once. Nothing waits in a stream:
 * what is not yet written is known here, so that `flushSync` can write it when the process ends.
 */
export function createBatchWriter(options: BatchWriterOptions): LineWriter {
  const { fd, batchBytes = 64 * 1024, maxPendingBytes = 4 * 1024 * 1024 } = options;
  const { patienceMs = 10_000, retryMs = 1000, lossLine } = options;
  const pending = createPendingLines(fd, options.writeBytes, options.shared);
  let state: 'open' | 'busy' | 'failing' | 'gone' = 'open';
  let code: string | undefined;
  let droppedLines = 0;
  let unreportedLines = 0;
  let isScheduled = false;
  let writesAtOnce = false;
  let retryTimer: NodeJS.Timeout | undefined;

  const drop = (lines: number): void => {
    droppedLines += lines;
    unreportedLines += lines;
  };

  const settle = (outcome: WriteOutcome): void => {
    if (outcome.result === 'done') {
      const lossCode = code;
      state = 'open';
      code = undefined;
      if (lossCode === undefined || unreportedLines === 0) return;
      const lost = unreportedLines;
      unreportedLines = 0;
      if (lossLine !== undefined) append(lossLine(lost, lossCode));
    } else if (outcome.result === 'busy') {
      state = 'busy';
      retryLater(BUSY_RETRY_MS);
    } else {
      if (state === 'open' || state === 'busy') {
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
    if (state !== 'gone') settle(pending.write());
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

  /** Blocks while the reader is behind, unless it takes nothing for `limitMs`. */
  const writeBlocking = (untilBytes: number, limitMs: number): void => {
    let waitedMs = 0;
    let before = pending.sizeBytes();
    write();
    while (state === 'busy' && pending.sizeBytes() > untilBytes) {
      const now = pending.sizeBytes();
      waitedMs = now < before ? 0 : waitedMs + BUSY_RETRY_MS;
      before = now;
      if (waitedMs > limitMs) return;
      Atomics.wait(sleeper, 0, 0, BUSY_RETRY_MS);
      write();
    }
  };

  const append = (lines: string): void => {
    if (state === 'gone') return drop(1);
    if (pending.sizeBytes() + lines.length > maxPendingBytes && pending.sizeBytes() > 0) {
      if (state === 'failing') return drop(1);
      writeBlocking(
        maxPendingBytes - Math.min(maxPendingBytes, batchBytes + lines.length),
        Number.POSITIVE_INFINITY,
      );
    }
    pending.add(lines);
    // At the exit nothing comes later that could write what a full pipe did not take.
    if (writesAtOnce) flushSync();
    else if (state === 'open' && pending.sizeBytes() >= batchBytes) write();
    else schedule();
  };

  const flushSync = (): void => {
    writeBlocking(0, patienceMs);
  };

  const flush = async (): Promise<void> => {
    write();
    while (state === 'busy') {
      await new Promise((resolve) => setTimeout(resolve, BUSY_RETRY_MS));
      write();
    }
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
  };
}

/** The last resort, where the log itself cannot be written. */
function tellStandardError(text: string): void {
  try {
    writeSync(2, `logging: ${text}\n`);
  } catch {
    // Nobody listens there either.
  }
}
