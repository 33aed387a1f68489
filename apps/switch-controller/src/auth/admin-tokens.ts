import { createHash, timingSafeEqual } from 'node:crypto';

/** Somebody who may change owners. */
export type AdminToken = {
  /** As it appears in `updated_by` and in the audit log. */
  readonly name: string;
  /** SHA-256 of the token: the token itself is not kept. */
  readonly digest: Buffer;
};

const MAX_TOKENS = 100;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/;
// The characters of a bearer token (RFC 6750), so that every one can be sent.
const TOKEN = /^[A-Za-z0-9._~+/=-]{16,512}$/;

/**
 * Reads `name:token` entries, separated by commas or line breaks. What is wrong is told by the number of the
 * entry, never by its text.
 */
export function parseAdminTokens(text: string): { value: readonly AdminToken[] } | { problem: string } {
  const entries = text.split(/[,\n\r]/).map((entry) => entry.trim());
  const tokens: AdminToken[] = [];
  for (const [index, entry] of entries.entries()) {
    if (entry === '') continue;
    const colon = entry.indexOf(':');
    const [name, token] = [entry.slice(0, Math.max(colon, 0)), entry.slice(colon + 1)];
    if (!NAME.test(name))
      return {
        problem: `expected name:token; entry ${index + 1} has no name of letters, digits and . _ @ -`,
      };
    if (!TOKEN.test(token))
      return {
        problem: `expected name:token; the token of entry ${index + 1} is not 16 to 512 letters, digits and . _ ~ + / = -`,
      };
    if (tokens.some((each) => each.name === name))
      return { problem: `expected each name once; entry ${index + 1} repeats one` };
    tokens.push({ name, digest: digestOf(token) });
  }
  if (tokens.length > MAX_TOKENS) return { problem: `expected at most ${MAX_TOKENS} tokens` };
  return { value: tokens };
}

/** Whose token it is; undefined for nobody's. Takes the same time whichever it is, and whether it is one at all. */
export function ownerOfToken(tokens: readonly AdminToken[], presented: string): string | undefined {
  const digest = digestOf(presented);
  let owner: string | undefined;
  for (const token of tokens) if (timingSafeEqual(token.digest, digest)) owner = token.name;
  return owner;
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
