import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A server that answers as it is told, and notes what it was asked. */
export type OddController = {
  readonly url: URL;
  readonly requests: IncomingMessage[];
  /** Connections that are open now. */
  readonly open: () => number;
  answer: Answer;
  readonly close: () => Promise<void>;
};

export async function startOddController(answer: Answer): Promise<OddController> {
  const requests: IncomingMessage[] = [];
  let open = 0;
  const server = createServer((request, response) => {
    requests.push(request);
    controller.answer(request, response);
  });
  server.on('connection', (socket) => {
    open += 1;
    socket.once('close', () => (open -= 1));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const controller: OddController = {
    url: new URL(`http://127.0.0.1:${port}/`),
    requests,
    open: () => open,
    answer,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  return controller;
}

/** Answers with JSON, and with 304 to whoever has this entity tag. */
export function jsonAnswer(value: unknown, etag?: string): Answer {
  return (request, response) => {
    if (etag !== undefined) response.setHeader('ETag', etag);
    if (etag !== undefined && request.headers['if-none-match'] === etag) response.writeHead(304).end();
    else response.setHeader('Content-Type', 'application/json').end(JSON.stringify(value));
  };
}
