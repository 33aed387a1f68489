import { writeSync } from 'node:fs';

/**
 * What became of an attempt to write:
 * - `done`: everything is written.
 * - `busy`: a full pipe (`EAGAIN`); it empties when its reader reads.
 * - `failing`: the device refuses (`ENOSPC`, ...); it may take lines again later.
 * - `gone`: nobody will ever read this (`EPIPE`, `EBADF`, ...).
 */
export type WriteOutcome =
  | { result: 'done' }
  | { result: 'busy' }
  | { result: 'failing'; code: string }
  | { result: 'gone'; code: string };

/** `fs.writeSync`, or what stands for it: returns the number of bytes taken. */
export type WriteBytes = (fd: number, bytes: Uint8Array, offset: number, length: number) => number;

/** Lines on their way to a descriptor. */
export type PendingLines = {
  add(lines: string): void;
  /** Writes until all is out or the descriptor refuses. Never throws, never waits by itself. */
  write(): WriteOutcome;
  sizeBytes(): number;
  /** Bytes that the operating system has taken since the start. */
  takenBytes(): number;
  /** Forgets what is pending and returns the number of lines that are lost by it. */
  discard(): number;
};

const BUSY = new Set(['EAGAIN', 'EWOULDBLOCK']);
const FAILING = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO', 'ENOMEM', 'ENOBUFS']);

/** Most bytes that a pipe takes in one piece, whoever else writes to it (`PIPE_BUF` of Linux). */
const PIPE_BYTES = 4096;

/** With `shared` others write to the descriptor too: each write is of whole lines that a pipe takes in one piece. */
export function createPendingLines(
  fd: number,
  writeBytes: WriteBytes = writeSync,
  shared = false,
): PendingLines {
  let waiting = '';
  let bytes: Uint8Array | undefined;
  let offset = 0;
  let takenBytes = 0;

  const write = (): WriteOutcome => {
    for (;;) {
      if (bytes === undefined) {
        if (waiting === '') return { result: 'done' };
        bytes = Buffer.from(waiting, 'utf8');
        waiting = '';
        offset = 0;
      }
      try {
        const length = shared ? wholeLines(bytes, offset) : bytes.length - offset;
        const taken = writeBytes(fd, bytes, offset, length);
        if (taken === 0) return { result: 'busy' };
        offset += taken;
        takenBytes += taken;
      } catch (error) {
        const code = codeOf(error);
        if (code === 'EINTR') continue;
        if (BUSY.has(code)) return { result: 'busy' };
        return { result: FAILING.has(code) ? 'failing' : 'gone', code };
      }
      if (offset >= bytes.length) bytes = undefined;
    }
  };

  return {
    add: (lines) => {
      waiting += lines;
    },
    write,
    // Characters stand for bytes in what is not encoded yet: a bound on memory need not be exact.
    sizeBytes: () => waiting.length + (bytes === undefined ? 0 : bytes.length - offset),
    takenBytes: () => takenBytes,
    discard: () => {
      const lost =
        countLines(bytes === undefined ? '' : Buffer.from(bytes.subarray(offset)).toString()) +
        countLines(waiting);
      waiting = '';
      bytes = undefined;
      return lost;
    },
  };
}

/** The length of as many lines from `offset` on as fit; a line that does not fit comes alone. */
function wholeLines(bytes: Uint8Array, offset: number): number {
  if (bytes.length - offset <= PIPE_BYTES) return bytes.length - offset;
  const newline = 0x0a;
  const last = bytes.lastIndexOf(newline, offset + PIPE_BYTES - 1);
  return (last >= offset ? last : bytes.indexOf(newline, offset)) + 1 - offset;
}

function countLines(text: string): number {
  return text.split('\n').length - 1;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'UNKNOWN';
}
