/**
 * What a key says about its value.
 * - `open`: nothing.
 * - `filtered`: always a secret, also as a boolean (the fields Quay's Python filters).
 * - `secret`: a secret, numbers included, but not a boolean (`hasSecret: true` tells nothing).
 * - `token`: a secret unless it is a number or boolean (`tokens: 5` is a count).
 * - `blob`: cut to its first 8 characters.
 */
export type KeyKind = 'open' | 'filtered' | 'secret' | 'token' | 'blob';

const QUAY_FILTERED = new Set([
  'password',
  'upstreamregistrypassword',
  'upstreamregistryusername',
  'repeatpassword',
]);

const SECRET_PART =
  /passw(?:or)?d|passphrase|secret|credential|presharedkey|requirepass|masterauth|akamai.*(?:key|signature)/;
const TOKEN_PART =
  /apikey|authkey|accesskey|accountkey|privatekey|sharedkey|signingkey|encryptionkey|connectionstring|authorization|cookie|bearer|registryauth|signature|sessionid|token|hdnt|awskey|awsid|s3key/;
/** What follows `token` when the value describes a token and is none. */
const ABOUT_A_TOKEN =
  /tokens?(?:type|kind|count|total|url|uri|endpoint|ttl|lifetime|length|bytes|seconds|ms)$|tokens?expir/;
const SECRET_WORD = new Set(['psk', 'pwd', 'otp', 'pin']);
const TOKEN_WORD = new Set(['jwt', 'hmac', 'sig']);
const TOKEN_WHOLE = new Set(['auth', 'auths']);

/** Decides by the name alone; case, `_`, `-` and `.` do not matter (`s3_secret_key` is `S3SecretKey`). */
export function classifyKey(key: string): KeyKind {
  const plain = key.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  if (QUAY_FILTERED.has(plain)) return 'filtered';
  if (plain === 'blob') return 'blob';
  const words = wordsOf(key);
  const isSecret =
    SECRET_PART.test(plain) || words.at(-1) === 'pass' || words.some((word) => SECRET_WORD.has(word));
  if (isSecret) return 'secret';
  if (TOKEN_WHOLE.has(plain) || words.some((word) => TOKEN_WORD.has(word))) return 'token';
  if (!TOKEN_PART.test(plain) || ABOUT_A_TOKEN.test(plain)) return 'open';
  return 'token';
}

function wordsOf(key: string): string[] {
  return key
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);
}
