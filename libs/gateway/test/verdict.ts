import { request as send } from 'node:http';
import { isHopByHop, namedInConnection } from '../src/hop-by-hop.ts';

/** What a client makes of an answer. */
export type Verdict =
  | { kind: 'answer' | 'broken'; status: number; phrase: string; rawHeaders: string[]; body: string }
  /** The connection ended, or what came was not HTTP, before there was a head. */
  | { kind: 'nothing'; error: string };

const PATIENCE_MS = 10_000;

/** Asks on a connection of its own with node's client, whose parser is strict. */
export function ask(
  origin: string,
  request: { method: string; path: string; maxHeaderBytes: number },
): Promise<Verdict> {
  const { method, path, maxHeaderBytes } = request;
  return new Promise((resolve) => {
    let answering = false;
    const outgoing = send(
      new URL(path, origin),
      { method, agent: false, maxHeaderSize: maxHeaderBytes },
      (incoming) => {
        answering = true;
        const { statusCode = 0, statusMessage = '', rawHeaders } = incoming;
        let body = '';
        incoming.on('data', (chunk: Buffer) => (body += chunk.toString('latin1')));
        incoming.on('error', () => undefined);
        incoming.on('close', () => {
          const kind = incoming.complete ? 'answer' : 'broken';
          resolve({ kind, status: statusCode, phrase: statusMessage, rawHeaders, body });
        });
      },
    );
    outgoing.setTimeout(PATIENCE_MS, () => outgoing.destroy(new Error('no end of the answer')));
    outgoing.on('upgrade', ({ statusCode = 0, statusMessage = '', rawHeaders }, socket) => {
      socket.destroy();
      resolve({ kind: 'answer', status: statusCode, phrase: statusMessage, rawHeaders, body: '' });
    });
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      // Of an answer that has begun, its own 'close' tells how far it came.
      if (!answering) resolve({ kind: 'nothing', error: error.code ?? error.message });
    });
    outgoing.end();
  });
}

/** Headers as lines, without those of the connection and the date that a proxy may add. */
export function endToEnd(rawHeaders: readonly string[]): string[] {
  const named = namedInConnection(rawHeaders);
  const lines: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    const lower = name.toLowerCase();
    if (isHopByHop(lower) || named.has(lower) || lower === 'date') continue;
    lines.push(`${name}: ${rawHeaders[index + 1] ?? ''}`);
  }
  return lines;
}
