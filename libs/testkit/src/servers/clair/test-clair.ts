import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { gzipSync } from 'node:zlib';
import type { ClairAnswer } from './clair-answer.ts';
import { createClairStore, type ClairStoreOptions } from './clair-store.ts';
import { isAuthorized } from './verify-token.ts';

/** What a Clair in trouble does with a call. */
export type ClairTrouble =
  | { readonly kind: 'hangs' }
  | { readonly kind: 'hangs up' }
  /** The connection breaks in the middle of the answer's body. */
  | { readonly kind: 'breaks off' }
  | { readonly kind: 'is slow'; readonly ms: number }
  /** A report of this many bytes, its state at the beginning or at the end. */
  | { readonly kind: 'answers much'; readonly bytes: number; readonly stateLast?: boolean }
  | { readonly kind: 'answers'; readonly answer: ClairAnswer }
  /** Gzip, whatever the client accepts. */
  | { readonly kind: 'compresses' };

export type ClairCall = {
  readonly method: string;
  readonly target: string;
  readonly headers: IncomingMessage['headers'];
  readonly bodyBytes: number;
};

export type TestClairOptions = ClairStoreOptions & {
  /** Of `auth.psk`, base64; without it everybody is let in. */
  psk?: string;
  /** `auth.psk.iss`; `quay` unless told. */
  issuers?: readonly string[];
};

/** A server that speaks Clair's HTTP API (v1) and indexes nothing, for tests of what talks to Clair. */
export type TestClair = {
  readonly url: string;
  /** Those that were let in, in the order of their arrival. */
  readonly calls: ClairCall[];
  /** From now on; undefined is no trouble. */
  trouble: (call: ClairCall) => ClairTrouble | undefined;
  close(): Promise<void>;
};

/** On a free port of 127.0.0.1, or on `port`. */
export async function startTestClair(options: TestClairOptions & { port?: number } = {}): Promise<TestClair> {
  const { psk, issuers = ['quay'] } = options;
  const store = createClairStore(options);
  const calls: ClairCall[] = [];
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url: target = '', headers } = request;
    const body = await readBody(request);
    if (psk !== undefined && !isAuthorized(headers.authorization, psk, issuers)) {
      response.writeHead(401, { 'Content-Length': 0 }).end();
      return;
    }
    const call = { method, target, headers, bodyBytes: body.length };
    calls.push(call);
    const header = (name: string): string | undefined => request.headersDistinct[name]?.[0];
    const answer = (): ClairAnswer => store.answer({ method, target, header, body: body.toString() });
    await respond(response, headers, answer, clair.trouble(call));
  };
  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const clair: TestClair = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    trouble: () => undefined,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
  return clair;
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request as AsyncIterable<Buffer>) pieces.push(piece);
  return Buffer.concat(pieces);
}

async function respond(
  response: ServerResponse,
  requestHeaders: IncomingMessage['headers'],
  answer: () => ClairAnswer,
  trouble: ClairTrouble | undefined,
): Promise<void> {
  if (trouble?.kind === 'hangs') return;
  if (trouble?.kind === 'hangs up') return void response.destroy();
  if (trouble?.kind === 'is slow') await new Promise((resolve) => setTimeout(resolve, trouble.ms));
  if (trouble?.kind === 'answers much') {
    answer();
    await pourReport(response, trouble.bytes, trouble.stateLast ?? false);
    return;
  }
  const { status, headers = {}, body } = trouble?.kind === 'answers' ? trouble.answer : answer();
  const text = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body);
  if (trouble?.kind === 'breaks off') {
    response.writeHead(status, { ...headers, 'Content-Length': text.length });
    response.write(text.slice(0, text.length / 2), () => response.destroy());
    return;
  }
  // As Clair does for whoever accepts it.
  const gzip =
    trouble?.kind === 'compresses' || /\bgzip\b/.test(String(requestHeaders['accept-encoding'] ?? ''));
  const bytes = gzip && text !== '' ? gzipSync(text) : Buffer.from(text);
  response.writeHead(status, {
    ...headers,
    ...(gzip && text !== '' ? { 'Content-Encoding': 'gzip' } : {}),
    'Content-Length': bytes.length,
  });
  response.end(bytes);
}

/** An index report that nobody should hold in memory, in chunks. */
async function pourReport(response: ServerResponse, bytes: number, stateLast: boolean): Promise<void> {
  response.writeHead(200, { 'Content-Type': 'application/json' });
  await pipeline(Readable.from(reportPieces(bytes, stateLast)), response);
}

function* reportPieces(bytes: number, stateLast: boolean): Generator<string> {
  const state = '"state":"IndexFinished","success":true,"err":""';
  const piece = `"1":{"id":"1","name":"${'n'.repeat(1000)}","state":"IndexError"},`.repeat(60);
  yield `{${stateLast ? '' : `${state},`}"packages":{`;
  for (let sent = 0; sent < bytes; sent += piece.length) yield piece;
  yield `"2":{}}${stateLast ? `,${state}` : ''}}`;
}
