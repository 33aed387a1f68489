import { readFieldLine } from './field-line.ts';
import { isHopByHop, namedInConnection } from './hop-by-hop.ts';

export type RequestHeadersInput = {
  readonly rawHeaders: readonly string[];
  readonly clientAddress: string;
  /** For a client that names no host (HTTP/1.0). */
  readonly defaultHost: string;
  readonly expectsContinue: boolean;
  readonly chunked: boolean;
  readonly method: string;
  /** Whether the client is a proxy whose word on the original request counts. */
  readonly trustForwarded: boolean;
  /** In place of the client's headers of the same (lower-case) names. */
  readonly replaced: Readonly<Record<string, string>>;
};

/** Methods whose requests need not say that they have no body. */
const BODILESS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'DELETE']);

/**
 * The headers that go upstream: the client's, in order and case, without those of its connection. `Host`
 * stays, and X-Forwarded-For, -Host and -Proto tell what the client asked for: a registry builds the
 * `Location` of an upload from them, and it must lead back here. No `Via`: it makes some servers answer
 * differently (nginx stops compressing), and a proxied registry should answer as a direct one.
 */
export function requestHeaders(input: RequestHeadersInput): string[] {
  const { rawHeaders, replaced, trustForwarded } = input;
  const connectionNames = namedInConnection(rawHeaders);
  const replacedNames = Object.keys(replaced);
  // The place of Host is the first (RFC 9110, section 7.2).
  const headers = ['Host', ''];
  let host = '';
  let forwardedFor = '';
  let forwardedHost = '';
  let forwardedProto = '';
  let hasLength = input.chunked;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    const value = rawHeaders[index + 1] ?? '';
    const lower = name.toLowerCase();
    if (
      isHopByHop(lower) ||
      (connectionNames.size > 0 && connectionNames.has(lower)) ||
      lower === 'expect' ||
      // X-Forwarded-Host still tells which host the client asked.
      (replacedNames.length > 0 && lower !== 'host' && replacedNames.includes(lower))
    )
      continue;
    if (lower === 'content-length') hasLength = true;
    if (lower === 'host') host = value;
    else if (lower === 'x-forwarded-for')
      forwardedFor = forwardedFor === '' ? value : `${forwardedFor}, ${value}`;
    else if (lower === 'x-forwarded-host') forwardedHost ||= value;
    else if (lower === 'x-forwarded-proto') forwardedProto ||= value;
    else if (trustForwarded || !isForwarding(lower)) headers.push(name, value);
  }
  if (!trustForwarded) forwardedFor = forwardedHost = forwardedProto = '';
  host ||= input.defaultHost;
  headers[1] = replaced.host ?? host;
  headers.push(
    'X-Forwarded-For',
    forwardedFor === '' ? input.clientAddress : `${forwardedFor}, ${input.clientAddress}`,
    'X-Forwarded-Host',
    forwardedHost || host,
    'X-Forwarded-Proto',
    forwardedProto || 'http',
  );
  for (const name of replacedNames) {
    const value = replaced[name] ?? '';
    // The client's have been checked where they arrived; these come from elsewhere.
    if (readFieldLine(`${name}:${value}`) === undefined)
      throw new TypeError(`the header ${name} is not valid`);
    if (name !== 'host') headers.push(name, value);
  }
  // Node would send an empty body in chunks.
  if (!hasLength && !BODILESS.has(input.method)) headers.push('Content-Length', '0');
  if (input.chunked) headers.push('Transfer-Encoding', 'chunked');
  if (input.expectsContinue) headers.push('Expect', '100-continue');
  return headers;
}

function isForwarding(lower: string): boolean {
  return lower === 'forwarded' || lower === 'x-real-ip' || lower.startsWith('x-forwarded-');
}
