import type { IncomingMessage } from 'node:http';
import { headerValue } from './hop-by-hop.ts';

/** Whether a request whose framing has been checked has a body. */
export function hasBody(rawHeaders: readonly string[]): boolean {
  if (headerValue(rawHeaders, 'transfer-encoding') !== undefined) return true;
  return Number(headerValue(rawHeaders, 'content-length') ?? 0) > 0;
}

/**
 * Reads and drops what is left of a body whose answer came early: closing at once could lose the answer
 * on its way. After `timeoutMs` the connection ends all the same.
 */
export function discardRest(request: IncomingMessage, timeoutMs: number): void {
  if (request.complete) return;
  request.resume();
  const { socket } = request;
  const timer = setTimeout(() => socket.destroy(), timeoutMs).unref();
  for (const event of ['end', 'close']) request.once(event, () => clearTimeout(timer));
}
