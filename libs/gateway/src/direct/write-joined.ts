import type { Socket } from 'node:net';

/** Head and piece fit as long as the piece is small; larger ones get a buffer of their own. */
const BUFFER_BYTES = 64 * 1024;

let buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);

/**
 * Writes a head (Latin-1) and a small piece of a body at once. Both are copied into one buffer that is used again and
 * again: what the kernel has taken needs no memory of its own, and mostly it takes all of it at once.
 */
export function writeJoined(socket: Socket, head: string, piece: Buffer): void {
  const length = head.length + piece.length;
  const whole = length > BUFFER_BYTES ? Buffer.allocUnsafe(length) : buffer.subarray(0, length);
  whole.write(head, 0, 'latin1');
  piece.copy(whole, head.length);
  socket.write(whole);
  if (whole.buffer === buffer.buffer && socket.writableLength > 0)
    buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
}
