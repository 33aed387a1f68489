import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestHandler } from 'express';
import { HttpProblem } from './http-problem.ts';

export type BearerOptions = {
  /** Any of them will do, so that they can be changed without a gap. */
  readonly tokens: readonly string[];
  /** For the client: what the token is for. */
  readonly realm: string;
  /** The setting that holds the tokens, for messages. */
  readonly setting: string;
};

const BEARER = /^bearer +([^\s]{1,1024})$/i;

/**
 * Lets a request pass that has `Authorization: Bearer <token>` with one of the tokens; anything else is a 401, before
 * its body is read. The comparison takes the same time for every token, and whether it is one or not.
 */
export function requireBearer({ tokens, realm, setting }: BearerOptions): RequestHandler {
  const digests = tokens.map(digestOf);
  return (request, _response, next) => {
    const presented = BEARER.exec(request.headers.authorization ?? '')?.[1];
    if (presented !== undefined && isOneOf(digests, digestOf(presented))) return next();
    const message =
      presented === undefined
        ? 'The header Authorization: Bearer <token> is needed.'
        : `The token is not one of ${setting}.`;
    throw new HttpProblem(401, 'UNAUTHORIZED', message, {
      headers: { 'WWW-Authenticate': `Bearer realm="${realm}"` },
    });
  };
}

function isOneOf(digests: readonly Buffer[], presented: Buffer): boolean {
  let found = false;
  for (const digest of digests) if (timingSafeEqual(digest, presented)) found = true;
  return found;
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
