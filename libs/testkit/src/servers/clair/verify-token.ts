import { createHmac, timingSafeEqual } from 'node:crypto';

const LEEWAY_SECONDS = 15;

/** Whether Clair lets the bearer of this `Authorization` in: HS256 with the shared key, a known issuer, not expired. */
export function isAuthorized(
  authorization: string | undefined,
  psk: string,
  issuers: readonly string[],
): boolean {
  const token = /^Bearer (\S+)$/.exec(authorization ?? '')?.[1];
  const [header = '', claims = '', signature = ''] = token?.split('.') ?? [];
  const expected = createHmac('sha256', Buffer.from(psk, 'base64')).update(`${header}.${claims}`).digest();
  const given = Buffer.from(signature, 'base64url');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return false;
  const { iss, exp } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as {
    iss?: string;
    exp?: number;
  };
  const isLive = exp === undefined || exp + LEEWAY_SECONDS > Date.now() / 1000;
  return isLive && iss !== undefined && issuers.includes(iss);
}
