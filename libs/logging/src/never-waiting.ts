import { constants, fstatSync, openSync, type Stats } from 'node:fs';

/**
 * A descriptor of the same file whose writes fail with `EAGAIN` where those of `fd` would wait for a reader: a write
 * that waits stops the whole process, its signal handlers included. Files and terminals stay as they are, and so does
 * what cannot be changed.
 */
export function neverWaiting(fd: number): number {
  const file = statOf(fd);
  if (file?.isFIFO() === true) {
    try {
      // Opened anew, so that other processes with the same pipe keep the mode that they expect.
      return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK);
    } catch {
      // Not Linux, or the pipe is another user's: the way of sockets is left.
    }
  }
  // Node makes the pipes and sockets among its standard streams non-blocking when they are first asked for.
  if (file?.isFIFO() === true || file?.isSocket() === true) {
    if (fd === 1) void process.stdout;
    if (fd === 2) void process.stderr;
  }
  return fd;
}

function statOf(fd: number): Stats | undefined {
  try {
    return fstatSync(fd);
  } catch {
    return undefined;
  }
}
