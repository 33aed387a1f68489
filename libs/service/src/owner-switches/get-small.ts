import { Agent, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { Agent as TlsAgent, request as httpsRequest } from 'node:https';
import { CodedError } from '@quay-observability/coded-errors';
import { leaveUntraced } from '@quay-observability/tracing';
import { MAX_SNAPSHOT_BYTES } from './read-small-file.ts';

/** An answer of at most 1 MiB. The body of an error (400 and above) is cut at 4 KiB. */
export type SmallAnswer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Empty where the status is neither 200 nor an error. */
  readonly body: Buffer;
};

const MAX_ERROR_BYTES = 4096;

// A connection for each request: one every few seconds, and each finds where the name points to now.
const agents = { 'http:': new Agent({ keepAlive: false }), 'https:': new TlsAgent({ keepAlive: false }) };
for (const agent of Object.values(agents)) leaveUntraced(agent);

/**
 * A GET without redirects and compression, until `signal` aborts.
 *
 * @throws CodedError `SNAPSHOT_UNAVAILABLE` if there is no whole answer, `SNAPSHOT_INVALID` if it is too large or
 * compressed. The message names the URL and the cause.
 */
export async function getSmall(
  url: URL,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<SmallAnswer> {
  try {
    const response = await head(url, headers, signal);
    try {
      const status = response.statusCode ?? 0;
      const body =
        status === 200
          ? await readBody(response, url)
          : status >= 400
            ? await readErrorBody(response)
            : Buffer.alloc(0);
      return { status, headers: response.headers, body };
    } finally {
      response.destroy();
    }
  } catch (error) {
    if (error instanceof CodedError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw new CodedError('SNAPSHOT_UNAVAILABLE', `${url.href} does not answer: ${code ?? message}`);
  }
}

function head(
  url: URL,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const secure = url.protocol === 'https:';
    const request = (secure ? httpsRequest : httpRequest)(url, {
      agent: agents[secure ? 'https:' : 'http:'],
      headers: { ...headers, 'Accept-Encoding': 'identity' },
      maxHeaderSize: 16_384,
      signal,
    });
    request.once('response', resolve);
    // Also for what comes after the response: it ends the reading of the body, too.
    request.on('error', reject);
    request.end();
  });
}

/** What there is of it: that there was an error matters more than why. */
async function readErrorBody(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      sizeBytes += chunk.length;
      if (sizeBytes >= MAX_ERROR_BYTES) break;
    }
  } catch {
    // Cut off, or too late.
  }
  return Buffer.concat(chunks).subarray(0, MAX_ERROR_BYTES);
}

async function readBody(response: IncomingMessage, url: URL): Promise<Buffer> {
  const encoding = response.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity')
    throw new CodedError(
      'SNAPSHOT_INVALID',
      `${url.href} answers with a compressed body, which was not asked for`,
    );
  const tooLarge = () =>
    new CodedError('SNAPSHOT_INVALID', `${url.href} answers with more than ${MAX_SNAPSHOT_BYTES} bytes`);
  if (Number(response.headers['content-length'] ?? 0) > MAX_SNAPSHOT_BYTES) throw tooLarge();
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_SNAPSHOT_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, sizeBytes);
}
