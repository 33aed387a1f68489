const MAX_CREDENTIALS_LENGTH = 16_384;
const MAX_NAME_LENGTH = 255;
const BASIC = /^basic +([a-z0-9+/_-]+=*)$/i;

/**
 * The user name of Basic credentials; undefined for any others. Nothing is verified: it selects a runtime, and that
 * runtime decides what the user may do. The password is not looked at.
 */
export function userOf(authorization: string | undefined): string | undefined {
  if (authorization === undefined || authorization.length > MAX_CREDENTIALS_LENGTH) return undefined;
  const encoded = BASIC.exec(authorization)?.[1];
  if (encoded === undefined) return undefined;
  const decoded = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  return colon < 1 || colon > MAX_NAME_LENGTH ? undefined : decoded.slice(0, colon);
}
