import type { RequestHandler } from 'express';
import { createBearerJudge } from './bearer-tokens.ts';
import { HttpProblem } from './http-problem.ts';

export type BearerOptions = {
  /** Any of them will do, so that they can be changed without a gap. */
  readonly tokens: readonly string[];
  /** For the client: what the token is for. */
  readonly realm: string;
  /** The setting that holds the tokens, for messages. */
  readonly setting: string;
  /** Takes the token also as the password of any user (Basic): a browser asks for that by itself. */
  readonly orAsPassword?: boolean;
};

const BASIC = /^basic +([A-Za-z0-9+/]{1,2048}={0,2})$/i;

/**
 * Lets a request pass that has `Authorization: Bearer <token>` with one of the tokens; anything else is a 401, before
 * its body is read. The comparison takes the same time for every token, and whether it is one or not.
 */
export function requireBearer(options: BearerOptions): RequestHandler {
  const { tokens, realm, setting, orAsPassword = false } = options;
  const judge = createBearerJudge(tokens);
  // A browser that is offered two ways takes neither.
  const challenge = `${orAsPassword ? 'Basic' : 'Bearer'} realm="${realm}"`;
  return (request, _response, next) => {
    const { authorization } = request.headers;
    const verdict = judge(orAsPassword ? bearerOfPassword(authorization) : authorization);
    if (verdict === 'known') return next();
    const message =
      verdict === 'absent'
        ? 'The header Authorization: Bearer <token> is needed.'
        : `The token is not one of ${setting}.`;
    throw new HttpProblem(401, 'UNAUTHORIZED', message, {
      headers: { 'WWW-Authenticate': challenge },
    });
  };
}

/** A header of Basic as one of Bearer with the password; any other as it is. */
function bearerOfPassword(authorization: string | undefined): string | undefined {
  const encoded = BASIC.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return authorization;
  const pair = Buffer.from(encoded, 'base64').toString();
  const colon = pair.indexOf(':');
  return colon === -1 ? undefined : `Bearer ${pair.slice(colon + 1)}`;
}
