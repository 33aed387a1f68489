const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * The path of a request target as Flask sees it: without query and fragment, percent-decoded as UTF-8
 * (what cannot be decoded becomes U+FFFD, a `%` without two hex digits stays), one leading slash.
 */
export function decodePath(target: string): string {
  let end = target.length;
  for (let index = 0; index < end; index += 1) {
    const code = target.charCodeAt(index);
    if (code === 0x3f || code === 0x23) end = index;
  }
  let path = end === target.length ? target : target.slice(0, end);
  if (path.includes('%')) path = decodePercent(path);
  if (path.charCodeAt(0) === 0x2f && path.charCodeAt(1) !== 0x2f) return path;
  return `/${path.replace(/^\/+/, '')}`;
}

function decodePercent(path: string): string {
  const source = new TextEncoder().encode(path);
  const bytes = new Uint8Array(source.length);
  let length = 0;
  for (let index = 0; index < source.length; index += 1) {
    const byte = source[index] ?? 0;
    const high = byte === 0x25 ? hexValue(source[index + 1]) : -1;
    const low = high < 0 ? -1 : hexValue(source[index + 2]);
    if (low < 0) {
      bytes[length] = byte;
    } else {
      bytes[length] = high * 16 + low;
      index += 2;
    }
    length += 1;
  }
  return decoder.decode(bytes.subarray(0, length));
}

function hexValue(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
