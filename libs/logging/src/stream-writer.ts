import type { Writable } from 'node:stream';
import type { LineWriter } from './line-writer.ts';

/**
 * Writes lines to a stream of Node.js, for tests and in-memory logs. A stream cannot be flushed
 * synchronously: what must survive the end of the process goes to a descriptor.
 */
export function createStreamWriter(stream: Writable): LineWriter {
  let droppedLines = 0;
  let tellDropped: (lines: number) => void = () => undefined;
  let problem: string | undefined;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    problem = error.code ?? error.message;
  });
  return {
    append: (lines) => {
      if (!stream.destroyed && !stream.writableEnded) return void stream.write(lines);
      droppedLines += 1;
      tellDropped(1);
    },
    flush: () =>
      new Promise((resolve) => {
        if (stream.destroyed || stream.writableEnded) resolve();
        else stream.write('', () => resolve());
      }),
    flushSync: () => undefined,
    close: () => undefined,
    state: () => ({ pendingBytes: stream.writableLength, droppedLines, problem }),
    onDropped: (listener) => {
      tellDropped = listener;
      if (droppedLines > 0) listener(droppedLines);
    },
  };
}
