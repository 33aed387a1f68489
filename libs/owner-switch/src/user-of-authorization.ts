/** Tokens of Quay list what they grant access to; longer ones are not looked into. */
const MAX_CREDENTIALS_LENGTH = 16_384;
const MAX_NAME_LENGTH = 255;
const BASIC = /^basic +([a-z0-9+/_-]+=*)$/i;
const BEARER = /^bearer +[a-z0-9_-]+\.([a-z0-9_-]+)\.[a-z0-9_-]*$/i;

/**
 * The user that a canary selects by (contract section 13), from the header `Authorization`: the user name of Basic
 * credentials, or `sub` of a bearer token that is a JWT; undefined if there is none, or one of more than 255
 * characters. Nothing is verified: it selects a runtime, and that runtime decides what the user may do. Never throws.
 */
export function userOfAuthorization(authorization: string | undefined): string | undefined {
  if (authorization === undefined || authorization.length > MAX_CREDENTIALS_LENGTH) return undefined;
  const name = basicName(authorization) ?? tokenSubject(authorization);
  return name === undefined || name === '' || name.length > MAX_NAME_LENGTH ? undefined : name;
}

function basicName(credentials: string): string | undefined {
  const encoded = BASIC.exec(credentials)?.[1];
  if (encoded === undefined) return undefined;
  const [name, password] = Buffer.from(encoded, 'base64').toString('utf8').split(':', 2);
  return password === undefined ? undefined : name;
}

function tokenSubject(credentials: string): string | undefined {
  const payload = BEARER.exec(credentials)?.[1];
  if (payload === undefined) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    const subject = typeof claims === 'object' && claims !== null && 'sub' in claims ? claims.sub : undefined;
    return typeof subject === 'string' ? subject : undefined;
  } catch {
    // Somebody else's token.
    return undefined;
  }
}
