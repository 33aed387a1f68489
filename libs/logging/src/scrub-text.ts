import { FILTERED } from './filtered.ts';
import { scrubUrls } from './scrub-urls.ts';
import { classifyKey } from './secret-keys.ts';
import { valueEnd } from './value-end.ts';

// One pass that rules out almost every message before the patterns below are tried.
const SUSPECT =
  /@|%(?:25)*40|pass|pwd|secret|token|key|auth|bearer|basic|cookie|psk|otp|jwt|sig|hmac|hdnt|credential|eyJ|AKIA|ASIA|dt0|connection/i;

// `password=x`, `"secret_key": "x"`, `{'token': 'x'}`, `?X-Amz-Signature=x`, `Authorization: Basic x`,
// `["Authorization", "x"]`, `"name": "password", "value": "x"`.
// It starts at the telling part of the key, not at the key's start, and every repetition is bounded
// or unambiguous, so that hostile input costs linear time.
const KEY_AND_VALUE =
  /(passw(?:or)?d|passphrase|requirepass|masterauth|secret|credential|token|authorization|registry[-_]?auth|signature|(?:api|access|auth|account|private|shared|signing|encryption|aws|s3)[-_ ]?key|connection[-_]?string|session[-_]?id|(?<![a-z])(?:psk|pwd|pass|otp|jwt|hmac|sig|auth|hdnt[a-z]))([\w.-]{0,40})(\\{0,3}["']?\s{0,3}(?:[:=]|=>)\s{0,3}|\\{0,3}["']\s{0,3},\s{0,3}(?:\\{0,3}["']values?\\{0,3}["']\s{0,3}:\s{0,3})?(?=\\{0,3}["']))((?:b?\\{0,3}["'])?)((?:(?:bearer|basic|api-token|token|digest|negotiate)\s{1,3})?)/gi;
// `, response="x"` of `Authorization: Digest username="y", response="x"`, up to the value.
const PARAMETER = /\s{0,3}(,?)\s{0,3}[\w-]{1,40}\s{0,3}=\s{0,3}((?:\\{0,3}["'])?)/y;
const UNQUOTED = /[^\s,&"'<>\\]*/y;
// Schemes of one credential, which may end in `=`: what comes after it is something else.
const SINGLE_CREDENTIAL = /^(?:basic|bearer|negotiate)\b/i;
const HARMLESS = /^(?:true|false|null|none|undefined)[,})\]]*$/i;
const COUNT = /^\d{1,9}[,})\]]*$/;
const COOKIES = /((?<![a-z])(?:set-)?cookie\\{0,3}["']?\s{0,3}[:=]\s{0,3}\\{0,3}["']?)([^\r\n"]+)/gi;
// Redis and SMTP: `AUTH password`, `AUTH user password`, also as a list of quoted words.
const AUTH_COMMAND = /(?<![\w-])AUTH([\s"',]{1,6})([^\s"',\]]+)((?:[\t "',]{1,6}[^\s"',\]]+)?)/g;
const SCHEME = /(?<![a-z])(bearer|basic|api-token)(\s{1,3}|%20)([^\s"',;<>]+)/gi;
const JSON_WEB_TOKEN = /(?<![\w-])eyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)?/g;
const ACCESS_KEY_ID = /(?<![A-Z0-9])A(?:KI|SI)A[A-Z0-9]{16}(?![A-Z0-9])/g;
const DYNATRACE_TOKEN = /(?<![\w.])dt0[a-z]\d\d\.[\w.-]{8,}/g;
const PRIVATE_KEY =
  /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,30}PRIVATE KEY-----|$)/g;

// "Basic authentication failed" and challenges such as `Bearer realm="..."` hold no secret.
const NOT_A_CREDENTIAL =
  /^(?:\[FILTERED|(?:realm|service|scope|error)=|(?:auth|authentication|authorization|tokens?|credentials?|scheme|schemes|header|headers|challenge|is|was|are|has|not|missing|required|expected|and|or|for|in|with|from|to|of|the|a)[.:!?)]*$)/i;

const NOT_A_COMMAND =
  /^(?:\[FILTERED|<|(?:command|commands|failed|fails|failure|error|errors|required|is|was|has|not|and|or|for|in|with|without|from|to|of|on|the|a|called|succeeded|ok|timed|took|[:=(|-].*)[.:!?)]*$)/i;

/** The text with every secret that can be told by its shape or by the key before it replaced by `[FILTERED]`. */
export function scrubText(text: string): string {
  if (text.length < 6 || !SUSPECT.test(text)) return text;
  let scrubbed = text;
  scrubbed = scrubUrls(scrubbed);
  if (scrubbed.includes('-----BEGIN')) scrubbed = scrubbed.replace(PRIVATE_KEY, FILTERED);
  scrubbed = scrubbed.replace(COOKIES, `$1${FILTERED}`);
  if (scrubbed.includes('AUTH')) scrubbed = scrubAuthCommands(scrubbed);
  scrubbed = scrubKeysAndValues(scrubbed);
  return scrubbed
    .replace(SCHEME, (whole, scheme: string, gap: string, value: string) =>
      NOT_A_CREDENTIAL.test(value) ? whole : `${scheme}${gap}${FILTERED}`,
    )
    .replace(JSON_WEB_TOKEN, FILTERED)
    .replace(ACCESS_KEY_ID, FILTERED)
    .replace(DYNATRACE_TOKEN, FILTERED);
}

function scrubAuthCommands(text: string): string {
  return text.replace(AUTH_COMMAND, (whole, gap: string, first: string, second: string) => {
    if (NOT_A_COMMAND.test(first)) return whole;
    const secondGap = /^[\t "',]*/.exec(second)?.[0] ?? '';
    return `AUTH${gap}${FILTERED}${second === '' ? '' : secondGap + FILTERED}`;
  });
}

function scrubKeysAndValues(text: string): string {
  let out = '';
  let done = 0;
  KEY_AND_VALUE.lastIndex = 0;
  for (let match = KEY_AND_VALUE.exec(text); match; match = KEY_AND_VALUE.exec(text)) {
    const [whole, stem = '', tail = '', separator = '', quote = '', scheme = ''] = match;
    const kind = classifyKey(stem + tail);
    if (kind === 'open') continue;
    const start = match.index + whole.length;
    let end = valueEnd(text, start, quote);
    const value = text.slice(start, end);
    if (value === '' || HARMLESS.test(value) || (kind === 'token' && COUNT.test(value))) continue;
    // `"type": "token", "name": "x"`: what comes next is a key.
    if (separator.includes(',') && !separator.includes(':') && isKeyEnd(text, end)) continue;
    if (quote === '' && /^authorization$/i.test(stem)) end = credentialsEnd(text, start, end, scheme);
    out += text.slice(done, start - scheme.length) + FILTERED;
    done = end;
    KEY_AND_VALUE.lastIndex = end;
  }
  return out + text.slice(done);
}

/** Whether a quoted text that ends here is a key: a colon follows. */
function isKeyEnd(text: string, end: number): boolean {
  return /^\\{0,3}["']\s{0,3}:/.test(text.slice(end, end + 8));
}

/** Where the credentials of an unquoted `Authorization` end whose first word ends at `end`. */
function credentialsEnd(text: string, start: number, end: number, scheme: string): number {
  if (SINGLE_CREDENTIAL.test(scheme)) return end;
  // `Authorization: Custom x`: the word after an unknown scheme is the credential.
  const isScheme = scheme === '' && /^[a-z][\w-]{0,24}$/i.test(text.slice(start, end));
  const from = isScheme ? end + 1 : start;
  return Math.max(isScheme ? valueEnd(text, from, '') : end, parametersEnd(text, from));
}

/** The end of a list `a="x", b=y`; `from` itself if there is none. */
function parametersEnd(text: string, from: number): number {
  let end = from;
  for (;;) {
    PARAMETER.lastIndex = end;
    const match = PARAMETER.exec(text);
    const [, comma = '', quote = ''] = match ?? [];
    if (match === null || (comma === '') !== (end === from)) return end;
    end = PARAMETER.lastIndex;
    if (quote === '') {
      UNQUOTED.lastIndex = end;
      end += UNQUOTED.exec(text)?.[0].length ?? 0;
    } else {
      end = Math.min(text.length, valueEnd(text, end, quote) + quote.length);
    }
  }
}
