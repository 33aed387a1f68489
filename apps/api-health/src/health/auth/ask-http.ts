import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';

/** A question to a backend over HTTP. */
export type HttpQuestion = {
  readonly url: string;
  /** POSTed as JSON, and holds secrets; a GET without it. */
  readonly body?: unknown;
  /** For everything, redirects included. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
};

/** Its answer, of which no more than 1 MiB is taken, or what prevented one, free of secrets. */
export type HttpAnswer = { status: number; text: string } | { problem: string };

const MAX_ANSWER_BYTES = 1024 * 1024;
const MAX_REDIRECTS = 5;

/**
 * Asks once, on connections of its own, and follows redirects as Python's clients do. Not `fetch`, which refuses
 * ports and URLs that those take. A body goes to no other host than the one it was meant for.
 */
export async function askHttp({ url, body, timeoutMs, signal }: HttpQuestion): Promise<HttpAnswer> {
  const limit = AbortSignal.timeout(timeoutMs);
  const end = AbortSignal.any([limit, signal]);
  try {
    let target = httpUrl(url);
    for (let left = MAX_REDIRECTS; ; left -= 1) {
      const answer = await exchange(target, body, end);
      if (answer.redirect === undefined) return answer;
      if (left === 0) return { problem: `more than ${MAX_REDIRECTS} redirects` };
      const next = httpUrl(answer.redirect, target);
      if (body !== undefined && !mayTake(next, target)) return { problem: 'it redirects to another server' };
      target = next;
    }
  } catch (error) {
    if (limit.aborted) return { problem: `no answer within ${timeoutMs} ms` };
    return { problem: signal.aborted ? 'it was called off' : describe(error) };
  }
}

type Exchange = { status: number; text: string; redirect: string | undefined };

async function exchange(url: URL, body: unknown, signal: AbortSignal): Promise<Exchange> {
  const content = body === undefined ? undefined : JSON.stringify(body);
  const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, {
    method: content === undefined ? 'GET' : 'POST',
    headers: {
      accept: 'application/json',
      ...(content !== undefined && {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(content),
      }),
    },
    agent: false,
    signal,
  });
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request.once('response', resolve);
      // Also after the response has begun, when nobody else listens.
      request.on('error', reject);
      request.end(content);
    });
    const status = response.statusCode ?? 0;
    const redirect = [301, 302, 303, 307, 308].includes(status) ? response.headers.location : undefined;
    return { status, text: redirect === undefined ? await readText(response) : '', redirect };
  } finally {
    request.destroy();
  }
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) throw new Error('its answer is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function httpUrl(text: string, base?: URL): URL {
  const url = URL.parse(text, base?.href);
  if (url !== null && ['http:', 'https:'].includes(url.protocol)) return url;
  throw new Error('its URL is not http:// or https://');
}

/** The same host, and no less secure. */
function mayTake(next: URL, last: URL): boolean {
  return next.hostname === last.hostname && !(last.protocol === 'https:' && next.protocol === 'http:');
}

/** A code where there is one: texts of the system repeat the address. */
function describe(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
}
