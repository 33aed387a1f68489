import { headerValue, isHopByHop, namedInConnection } from './hop-by-hop.ts';

/** Where a client finds what the upstream calls its own. */
export type LocationRewrite = {
  /** Origin of the upstream. */
  readonly from: string;
  /** The request's headers as they went upstream. */
  readonly requestHeaders: readonly string[];
};

/**
 * The headers that go to the client: the upstream's, in order, case and number, without those of its
 * connection. A `Location` with the upstream's own address (a registry configured with it) is made to
 * lead through the gateway again, as the client could not reach it.
 */
export function responseHeaders(
  rawHeaders: readonly string[],
  { from, requestHeaders }: LocationRewrite,
): string[] {
  const connectionNames = namedInConnection(rawHeaders);
  const headers: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    const value = rawHeaders[index + 1] ?? '';
    if (isHopByHop(name) || (connectionNames.size > 0 && connectionNames.has(name.toLowerCase()))) continue;
    const upstreamsOwn =
      name.length === 8 &&
      name.toLowerCase() === 'location' &&
      value.startsWith(from) &&
      /^$|^[/?]/.test(value.slice(from.length));
    headers.push(name, upstreamsOwn ? `${clientOrigin(requestHeaders)}${value.slice(from.length)}` : value);
  }
  return headers;
}

function clientOrigin(requestHeaders: readonly string[]): string {
  const first = (name: string): string => headerValue(requestHeaders, name)?.split(',')[0]?.trim() ?? '';
  return `${first('x-forwarded-proto')}://${first('x-forwarded-host')}`;
}
