const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/;

/** The bytes of a pre-shared key, given as base64; undefined if it is none, or empty. */
export function readSharedKey(text: string): Uint8Array | undefined {
  const trimmed = text.trim();
  if (trimmed === '' || !BASE64.test(trimmed)) return undefined;
  return Buffer.from(trimmed, 'base64');
}
