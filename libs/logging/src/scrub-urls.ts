import { FILTERED } from './filtered.ts';
import { valueEnd } from './value-end.ts';

// What SQLAlchemy and clients of stores accept in a password unescaped: anything, spaces and quotes too.
const STORE_SCHEME =
  /(?:postgres|mysql|maria|redis|mongo|amqp|sqlite|valkey|mssql|oracle|cockroach|ldap|smtp|memcache)[\w+.-]{0,20}$/i;
const OPENING_QUOTE = /(\\{0,3}["'])[\w+.-]{1,40}$/;
/** `%3A%2F%2F`, also escaped twice or three times. */
const ENCODED_SEPARATOR = /%(?:25){0,2}3A%(?:25){0,2}2F%(?:25){0,2}2F/gi;
const ENCODED_AT = /%(?:25){0,2}40/gi;
/** What stands before `:x@y` where it is no user. */
const NO_USER = /^(?:mailto|sips?|acct|tel|urn|xmpp|npm)$/i;

/** The text without the user information of URLs, escaped ones included, and of `user:password@host`. */
export function scrubUrls(text: string): string {
  let scrubbed = text;
  if (scrubbed.includes('@')) {
    if (scrubbed.includes('://')) scrubbed = scrubPlainUrls(scrubbed);
    scrubbed = scrubBareUsers(scrubbed);
  }
  return /%(?:25){0,2}40/.test(scrubbed) ? scrubEncodedUrls(scrubbed) : scrubbed;
}

/** The user information of every `scheme://user:password@host`. Segments between two `://` are read once each. */
function scrubPlainUrls(text: string): string {
  let out = '';
  let done = 0;
  let at = text.indexOf('://');
  while (at >= 0) {
    const start = at + 3;
    const next = text.indexOf('://', start);
    const segment = text.slice(start, next < 0 ? text.length : next);
    const userEnd = endOfUser(text.slice(Math.max(0, at - 44), at), segment);
    if (userEnd > 0) {
      out += text.slice(done, start) + FILTERED;
      done = start + userEnd;
    }
    at = next;
  }
  return out + text.slice(done);
}

/** Where the `@` after the user information is in what follows `://`; -1 or 0 if there is none. */
function endOfUser(before: string, segment: string): number {
  const run = segment.slice(0, endOf(segment, /[\s"'<>\\]/));
  if (STORE_SCHEME.test(before)) return endOfStoreUser(before, segment);
  const authority = run.slice(0, endOf(run, /[/?#]/));
  // `localhost:5000/repo@sha256:...` and `[::1]:80` are ports; `user:pa/ss@host` is not.
  const hasPassword = /^[^:[]*:(?!\d{1,5}\W{0,3}$)./.test(authority);
  if (!authority.includes('@') && !hasPassword) return -1;
  // A password may hold an unescaped `@` or `/`: when in doubt too much is hidden, not too little.
  const last = lastAt(run);
  return last < 0 && hasPassword && run.length < segment.length ? lastAt(lineOf(segment)) : last;
}

/** A quoted URL ends at its quote; otherwise all up to the line's last `@` may be the password. */
function endOfStoreUser(before: string, segment: string): number {
  const quote = OPENING_QUOTE.exec(before)?.[1];
  const line = lineOf(segment);
  if (quote !== undefined) {
    let end = valueEnd(line, 0, quote);
    // A quote within a word is a part of the password.
    while (end < line.length && /\w/.test(line.charAt(end + quote.length))) {
      end = valueEnd(line, end + quote.length, quote);
    }
    const last = lastAt(line.slice(0, end));
    if (last >= 0) return last;
  }
  // `redis://h:6379/0` holds no user; an address later in the line belongs to something else.
  return /^[\w.-]+(?::\d{1,5})?(?:[\s/?"',;)\\]|$)/.test(line)
    ? lastAt(line.slice(0, endOf(line, /[\s"']/)))
    : lastAt(line);
}

function lineOf(text: string): string {
  return text.slice(0, endOf(text, /[\r\n]/));
}

/** The last `@` that is not that of a digest (`@sha256:...`). */
function lastAt(text: string): number {
  let at = text.lastIndexOf('@');
  while (at > 0 && /^sha\d+:/.test(text.slice(at + 1, at + 10))) at = text.lastIndexOf('@', at - 1);
  return at === 0 && /^@sha\d+:/.test(text.slice(0, 10)) ? -1 : at;
}

/** `user:password@host` without a scheme, a word at a time. */
function scrubBareUsers(text: string): string {
  return text.replaceAll(/[^\s"'<>]+/g, (word) => {
    const at = word.includes('@') && !word.includes('://') ? lastAt(word) : -1;
    const colon = word.indexOf(':');
    if (colon < 0 || colon + 1 >= at || at + 1 >= word.length) return word;
    const user = /[\w.+%-]{0,64}$/.exec(word.slice(Math.max(0, colon - 64), colon))?.[0] ?? '';
    // `ns/repo:tag@...` is an image, not a user.
    const isImage = word.charAt(colon - user.length - 1) === '/';
    return user === '' || NO_USER.test(user) || isImage
      ? word
      : word.slice(0, colon + 1) + FILTERED + word.slice(at);
  });
}

/** As {@link scrubPlainUrls}, of URLs that are a parameter of another one or part of a path. */
function scrubEncodedUrls(text: string): string {
  let out = '';
  let done = 0;
  const separators = [...text.matchAll(ENCODED_SEPARATOR)];
  for (const [index, { 0: separator, index: at }] of separators.entries()) {
    const start = at + separator.length;
    const segment = text.slice(start, separators[index + 1]?.index ?? text.length);
    const run = segment.slice(0, endOf(segment, /[\s"'<>&]/));
    const last = [...run.matchAll(ENCODED_AT)].at(-1)?.index ?? -1;
    const authority = run.slice(0, endOf(run, /%(?:25){0,2}(?:2F|3F|23)/i));
    const hasUser =
      STORE_SCHEME.test(text.slice(Math.max(0, at - 40), at)) ||
      last < authority.length ||
      /%(?:25){0,2}3A(?!\d{1,5}$)/i.test(authority);
    if (last <= 0 || !hasUser) continue;
    out += text.slice(done, start) + FILTERED;
    done = start + last;
  }
  return out + text.slice(done);
}

function endOf(text: string, stop: RegExp): number {
  const found = text.search(stop);
  return found < 0 ? text.length : found;
}
