import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A request as it arrived. */
export type SeenRequest = {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: IncomingMessage['headers'];
};

/** The API of the new runtime, as far as a gateway can see it. */
export type NewRuntimeApi = {
  url: string;
  /** What came through a gateway; its own probes did not. */
  seen: SeenRequest[];
  /** Bytes of bodies that have arrived. */
  bodyBytes: () => number;
  close(): Promise<void>;
};

const PAUSE_MS = 100;

/**
 * An HTTP server that knows no rules and no metrics, and answers what the query says, as Python's API does in tests
 * (`tools/python-oracle/oracle/flask_api.py`); `hang` lets it say nothing.
 */
export async function startNewRuntimeApi(): Promise<NewRuntimeApi> {
  const seen: SeenRequest[] = [];
  let bodyBytes = 0;
  const server: Server = createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    if (headers['x-forwarded-for'] !== undefined) seen.push({ method, target: url, headers });
    request.on('data', (chunk: Buffer) => {
      bodyBytes += chunk.length;
    });
    request.once('end', () => void answer(request, response));
    request.resume();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    bodyBytes: () => bodyBytes,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function answer(
  { method, url = '', headers }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname, searchParams } = new URL(url, 'http://new-runtime');
  if (searchParams.has('hang')) return;
  const status = method === 'OPTIONS' ? 200 : Number(searchParams.get('status') ?? 200);
  if (pathname.startsWith('/realtime/')) {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    const count = Number(searchParams.get('events') ?? 1);
    await sendPieces(response, count, (number) => `data: ${number}\n\n`);
  } else if (searchParams.has('pieces')) {
    response.writeHead(status, { 'Content-Type': 'text/plain' });
    await sendPieces(response, Number(searchParams.get('pieces')), (number) => `piece ${number}\n`);
  } else {
    response.writeHead(status, {
      'Content-Type': 'application/json',
      'Set-Cookie': ['session=of-go; HttpOnly; Path=/', '_csrf_token=token; Path=/'],
    });
    const filler = 'x'.repeat(Number(searchParams.get('bytes') ?? 0));
    response.end(status === 204 ? undefined : JSON.stringify({ method, cookie: headers.cookie, filler }));
  }
}

async function sendPieces(
  response: ServerResponse,
  count: number,
  piece: (number: number) => string,
): Promise<void> {
  for (let number = 0; number < count; number += 1) {
    if (number > 0) await sleep(PAUSE_MS);
    response.write(piece(number));
  }
  response.end();
}
