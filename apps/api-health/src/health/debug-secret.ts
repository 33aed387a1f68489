import { createHash, createHmac, scryptSync, timingSafeEqual } from 'node:crypto';

/** Proves by a cookie that somebody knew the secret of `/health/enabledebug/<secret>`; nothing is kept here. */
export type DebugSecret = {
  /** Whether this is the secret; takes the same time for every one of its length. Without a secret nothing is. */
  isSecret: (presented: string) => boolean;
  /** The value of a new cookie. */
  sign: () => string;
  /** Whether a value was signed with the secret of now, and has not expired. */
  isSigned: (value: string) => boolean;
};

const MAX_SECRET_LENGTH = 4096;
const SALT = 'quay-observability health debug';
const SIGNED = /^([0-9]{1,12})\.([A-Za-z0-9_-]{43})$/;

/**
 * The secret of now: another one makes every cookie of the one before void. The key of the signature is stretched, so
 * that whoever gets hold of a cookie cannot try many secrets on it.
 *
 * @param now milliseconds since the epoch
 */
export function createDebugSecret(
  secret: string | undefined,
  { lifetimeSeconds, now = Date.now }: { lifetimeSeconds: number; now?: () => number },
): DebugSecret {
  if (secret === undefined || secret === '')
    return { isSecret: () => false, sign: () => '', isSigned: () => false };
  const digest = digestOf(secret);
  const key = scryptSync(secret, SALT, 32);
  const signatureOf = (expiry: string) => createHmac('sha256', key).update(expiry).digest();
  return {
    isSecret: (presented) =>
      presented.length <= MAX_SECRET_LENGTH && timingSafeEqual(digestOf(presented), digest),
    sign: () => {
      const expiry = String(Math.floor(now() / 1000) + lifetimeSeconds);
      return `${expiry}.${signatureOf(expiry).toString('base64url')}`;
    },
    isSigned: (value) => {
      const [, expiry = '', signature = ''] = SIGNED.exec(value) ?? [];
      if (expiry === '' || Number(expiry) <= now() / 1000) return false;
      return timingSafeEqual(Buffer.from(signature, 'base64url'), signatureOf(expiry));
    },
  };
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
