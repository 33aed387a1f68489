import { classifyKey } from './secret-keys.ts';

export const FILTERED = '[FILTERED]';

// One pass that rules out almost every message before the patterns below are tried.
const SUSPECT =
  /@|pass|pwd|secret|token|key|auth|bearer|basic|cookie|psk|otp|jwt|sig|hmac|hdnt|credential|eyJ|AKIA|ASIA|dt0|connection/i;

// `password=x`, `"secret_key": "x"`, `{'token': 'x'}`, `?X-Amz-Signature=x`, `Authorization: Basic x`.
// It starts at the telling part of the key, not at the key's start, and every repetition is bounded
// or unambiguous, so that hostile input costs linear time.
const KEY_AND_VALUE =
  /(passw(?:or)?d|passphrase|secret|credential|token|authorization|registry[-_]?auth|signature|(?:api|access|account|private|shared|signing|encryption|aws|s3)[-_ ]?key|connection[-_]?string|session[-_]?id|(?<![a-z])(?:psk|pwd|pass|otp|jwt|hmac|sig|auth|hdnt[a-z]))([\w.-]{0,40})(\\{0,3}["']?\s{0,3}(?:[:=]|=>)\s{0,3})((?:b?\\{0,3}["'])?)((?:(?:bearer|basic|api-token|token|digest|negotiate)\s{1,3})?)/gi;
const HARMLESS = /^(?:true|false|null|none|undefined)[,})\]]*$/i;
const COUNT = /^\d{1,9}[,})\]]*$/;
const COOKIES = /((?<![a-z])(?:set-)?cookie\\{0,3}["']?\s{0,3}[:=]\s{0,3}\\{0,3}["']?)([^\r\n"]+)/gi;
const SCHEME = /(?<![a-z])(bearer|basic|api-token)(\s{1,3}|%20)([^\s"',;<>]+)/gi;
const JSON_WEB_TOKEN = /(?<![\w-])eyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)?/g;
const ACCESS_KEY_ID = /(?<![A-Z0-9])A(?:KI|SI)A[A-Z0-9]{16}(?![A-Z0-9])/g;
const DYNATRACE_TOKEN = /(?<![\w.])dt0[a-z]\d\d\.[\w.-]{8,}/g;
const PRIVATE_KEY =
  /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,30}PRIVATE KEY-----|$)/g;

// "Basic authentication failed" and challenges such as `Bearer realm="..."` hold no secret.
const NOT_A_CREDENTIAL =
  /^(?:\[FILTERED|(?:realm|service|scope|error)=|(?:auth|authentication|authorization|tokens?|credentials?|scheme|schemes|header|headers|challenge|is|was|are|has|not|missing|required|expected|and|or|for|in|with|from|to|of|the|a)[.:!?)]*$)/i;

// Where a password may hold `/`, `?` or `#` unescaped, because people write them so.
const STORE_SCHEME = /(?:postgres|mysql|maria|redis|mongo|amqp|sqlite|valkey)[\w+.-]{0,20}$/i;

/** The text with every secret that can be told by its shape or by the key before it replaced by `[FILTERED]`. */
export function scrubText(text: string): string {
  if (text.length < 6 || !SUSPECT.test(text)) return text;
  let scrubbed = text;
  if (scrubbed.includes('@') && scrubbed.includes('://')) scrubbed = scrubUrls(scrubbed);
  if (scrubbed.includes('-----BEGIN')) scrubbed = scrubbed.replace(PRIVATE_KEY, FILTERED);
  scrubbed = scrubbed.replace(COOKIES, `$1${FILTERED}`);
  scrubbed = scrubKeysAndValues(scrubbed);
  return scrubbed
    .replace(SCHEME, (whole, scheme: string, gap: string, value: string) =>
      NOT_A_CREDENTIAL.test(value) ? whole : `${scheme}${gap}${FILTERED}`,
    )
    .replace(JSON_WEB_TOKEN, FILTERED)
    .replace(ACCESS_KEY_ID, FILTERED)
    .replace(DYNATRACE_TOKEN, FILTERED);
}

/** The user information of every `scheme://user:password@host`. Segments between two `://` are read once each. */
function scrubUrls(text: string): string {
  let out = '';
  let done = 0;
  let at = text.indexOf('://');
  while (at >= 0) {
    const start = at + 3;
    const next = text.indexOf('://', start);
    const end = next < 0 ? text.length : next;
    const rest = text.slice(start, end);
    const run = rest.slice(0, endOf(rest, /[\s"'<>\\]/));
    const userEnd = endOfUser(text.slice(Math.max(0, at - 40), at), run);
    if (userEnd > 0) {
      out += text.slice(done, start) + FILTERED;
      done = start + userEnd;
    }
    at = next;
  }
  return out + text.slice(done);
}

/** Where the `@` after the user information is in what follows `://`; -1 if there is none. */
function endOfUser(before: string, run: string): number {
  const last = run.lastIndexOf('@');
  if (last < 0 || STORE_SCHEME.test(before)) return last;
  const authority = run.slice(0, endOf(run, /[/?#]/));
  // `localhost:5000/repo@sha256:...` is a port and a path; `user:pa/ss@host` is not.
  const hasUser = authority.includes('@') || /^[^:]*:(?!\d{1,5}$)/.test(authority);
  if (!hasUser) return -1;
  // A password may hold an unescaped `@` or `/`: when in doubt too much is hidden, not too little.
  return /^@sha\d+:/.test(run.slice(last)) ? run.lastIndexOf('@', last - 1) : last;
}

function endOf(text: string, stop: RegExp): number {
  const found = text.search(stop);
  return found < 0 ? text.length : found;
}

function scrubKeysAndValues(text: string): string {
  let out = '';
  let done = 0;
  KEY_AND_VALUE.lastIndex = 0;
  for (let match = KEY_AND_VALUE.exec(text); match; match = KEY_AND_VALUE.exec(text)) {
    const [whole, stem = '', tail = '', , quote = '', scheme = ''] = match;
    const kind = classifyKey(stem + tail);
    if (kind === 'open') continue;
    const start = match.index + whole.length;
    let end = valueEnd(text, start, quote);
    const value = text.slice(start, end);
    if (value === '' || HARMLESS.test(value) || (kind === 'token' && COUNT.test(value))) continue;
    // `Authorization: Custom x`: the word after an unknown scheme is the credential.
    if (scheme === '' && quote === '' && /^authorization$/i.test(stem) && /^[a-z][\w-]{0,24}$/i.test(value)) {
      end = valueEnd(text, end + 1, quote);
    }
    out += text.slice(done, start - scheme.length) + FILTERED;
    done = end;
    KEY_AND_VALUE.lastIndex = end;
  }
  return out + text.slice(done);
}

/** A quoted value ends at its quote, an unquoted one at a space, quote or `&`. */
function valueEnd(text: string, start: number, quote: string): number {
  const mark = quote.at(-1);
  const backslashes = quote.replaceAll(/[^\\]/g, '').length;
  let index = start;
  for (; index < text.length; index += 1) {
    const char = text.charAt(index);
    if (mark === undefined) {
      if (/[\s&"'<>]/.test(char)) break;
    } else if (char === mark) {
      let escapes = 0;
      while (index - escapes > start && text[index - escapes - 1] === '\\') escapes += 1;
      if (escapes <= backslashes) return index - escapes;
    }
  }
  return index;
}
