import { createNameSet } from './name-set.ts';

/** Headers that concern one connection only (RFC 9110, section 7.6.1) and never pass a proxy. */
export const isHopByHop = createNameSet([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** `Connection` cannot take these away: the message would mean something else without them. */
const PROTECTED: ReadonlySet<string> = new Set(['content-length', 'host']);

const NO_NAMES: ReadonlySet<string> = new Set();

/** Names that the `Connection` headers of a message declare to be hop-by-hop as well. */
export function namedInConnection(rawHeaders: readonly string[]): ReadonlySet<string> {
  let names: Set<string> | undefined;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.length !== 10 || rawHeaders[index]?.toLowerCase() !== 'connection') continue;
    const value = (rawHeaders[index + 1] ?? '').toLowerCase();
    if (value === 'keep-alive' || value === 'close') continue;
    for (const token of value.split(',')) {
      const name = token.trim();
      if (name === '' || name === 'close' || name === 'keep-alive' || PROTECTED.has(name)) continue;
      names ??= new Set();
      names.add(name);
    }
  }
  return names ?? NO_NAMES;
}

/** The first value of a header, whatever its case. */
export function headerValue(rawHeaders: readonly string[], lowerCaseName: string): string | undefined {
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === lowerCaseName.length && name.toLowerCase() === lowerCaseName)
      return rawHeaders[index + 1];
  }
  return undefined;
}

/** `[name, value]` for each header. */
export function headerPairs(raw: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let index = 0; index < raw.length; index += 2) pairs.push([raw[index] ?? '', raw[index + 1] ?? '']);
  return pairs;
}
