import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ConfigError, stringSetting, type Reading, type Setting } from '@quay-observability/quay-config';

const MAX_TOKENS = 10;
// The characters of a bearer token (RFC 6750), so that every one can be sent.
const TOKEN = /^[A-Za-z0-9._~+/=-]{16,512}$/;
const BEARER = /^bearer +([^\s]{1,1024})$/i;

/** Bearer tokens, separated by commas. They are never shown, neither in a fault nor in the documentation. */
export function bearerTokensSetting(name: string, { help }: { help: string }): Setting<readonly string[]> {
  return {
    ...stringSetting(name, { help }),
    kind: 'tokens',
    defaultText: 'none',
    read: parseTokens,
    absent: { value: [] },
  };
}

/**
 * Tokens of a setting, or of the file that another setting names, separated by commas or line breaks.
 *
 * @throws ConfigError (`CONFIG_INVALID`) that names the setting of the file, and never repeats what was read
 */
export function readBearerTokens(
  tokens: readonly string[],
  { name, file }: { name: string; file: string | undefined },
): readonly string[] {
  if (file === undefined) return tokens;
  const fault = (problem: string) =>
    new ConfigError([{ key: name, source: `environment variable ${name}`, problem }]);
  if (tokens.length > 0) throw fault('is set beside the tokens themselves; only one of them may be');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw fault(`names ${file}, which cannot be read: ${(error as NodeJS.ErrnoException).code ?? ''}`);
  }
  const reading = parseTokens(text);
  if ('problem' in reading) throw fault(`${file}: ${reading.problem}`);
  return reading.value;
}

function parseTokens(text: string): Reading<readonly string[]> {
  const tokens = text
    .split(/[,\n\r]/)
    .map((token) => token.trim())
    .filter((token) => token !== '');
  if (tokens.length > MAX_TOKENS) return { problem: `expected at most ${MAX_TOKENS} tokens` };
  const wrong = tokens.findIndex((token) => !TOKEN.test(token));
  if (wrong === -1) return { value: tokens };
  return { problem: `token ${wrong + 1} is not 16 to 512 letters, digits and . _ ~ + / = -` };
}

/** What an `Authorization` header is worth: no bearer token at all, one of the tokens, or another one. */
export type BearerVerdict = 'absent' | 'known' | 'unknown';

/** Judges `Authorization` headers; it takes the same time for every token, and whether it is one or not. */
export function createBearerJudge(
  tokens: readonly string[],
): (authorization: string | undefined) => BearerVerdict {
  const digests = tokens.map(digestOf);
  return (authorization) => {
    const presented = BEARER.exec(authorization ?? '')?.[1];
    if (presented === undefined) return 'absent';
    const digest = digestOf(presented);
    let found = false;
    for (const each of digests) if (timingSafeEqual(each, digest)) found = true;
    return found ? 'known' : 'unknown';
  };
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
