import { STATUS_CODES, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Refusal } from './check-request.ts';

/** The body, as JSON, of an answer that the gateway gives in its own name. */
export type ErrorForm = (refusal: Refusal) => Buffer;

/** The form that registry clients read (OCI distribution, "Error Codes"). */
export const registryErrorForm: ErrorForm = ({ code, message }) =>
  Buffer.from(`${JSON.stringify({ errors: [{ code, message }] })}\n`);

/** Answers a request in the gateway's own name. */
export function answerError(response: ServerResponse, refusal: Refusal, errorForm: ErrorForm): void {
  const body = errorForm(refusal);
  // Without a phrase of our own node would use one that an attempt before this has left behind.
  response.writeHead(refusal.status, STATUS_CODES[refusal.status] ?? '', {
    'Content-Type': 'application/json',
    'Content-Length': body.length,
    ...(refusal.status === 503 ? { 'Retry-After': '1' } : {}),
  });
  response.end(body);
}

/** Answers what node's parser refused, where there is no response object, and ends the connection. */
export function answerParseError(socket: Duplex, refusal: Refusal, errorForm: ErrorForm): void {
  const body = errorForm(refusal);
  const head = [
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status] ?? ''}`,
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
    'Connection: close',
  ];
  socket.end(Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]), () => socket.destroy());
}

/** What an error of node's HTTP parser means to the client. */
export function refusalOfParseError(error: NodeJS.ErrnoException): Refusal {
  if (error.code === 'HPE_HEADER_OVERFLOW') {
    return { status: 431, code: 'BAD_REQUEST', message: 'the head of the request is too large' };
  }
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return { status: 408, code: 'BAD_REQUEST', message: 'the request did not arrive in time' };
  }
  return { status: 400, code: 'BAD_REQUEST', message: 'the request is not valid HTTP' };
}
