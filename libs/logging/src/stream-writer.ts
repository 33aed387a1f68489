import type { Writable } from 'node:stream';
import type { LineWriter } from './line-writer.ts';

/**
 * Writes lines to a stream of Node.js, for tests and in-memory logs. A stream cannot be flushed
 * synchronously: what must survive the end of the process goes to a descriptor.
 */
export function createStreamWriter(stream: Writable): LineWriter {
  let droppedLines = 0;
  let problem: string | undefined;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    problem = error.code ?? error.message;
  });
  return {
    append: (lines) => {
      if (stream.destroyed || stream.writableEnded) droppedLines += 1;
      else stream.write(lines);
    },
    flush: () =>
      new Promise((resolve) => {
        if (stream.destroyed || stream.writableEnded) resolve();
        else stream.write('', () => resolve());
      }),
    flushSync: () => undefined,
    close: () => undefined,
    state: () => ({ pendingBytes: stream.writableLength, droppedLines, problem }),
  };
}
