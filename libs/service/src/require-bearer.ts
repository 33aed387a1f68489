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
const BEARER = /^bearer +([^\s]{1,1024})$/i;

/**
 * Lets a request pass that has `Authorization: Bearer <token>` with one of the tokens; anything else is a 401, before
 * its body is read. The comparison takes the same time for every token, and whether it is one or not.
 */
export function requireBearer({ tokens, realm, setting }: BearerOptions): RequestHandler {
  const judge = createBearerJudge(tokens);
  return (request, _response, next) => {
    const verdict = judge(request.headers.authorization);
    if (verdict === 'known') return next();
export function requireBearer(options: BearerOptions): RequestHandler {
  const { tokens, realm, setting, orAsPassword = false } = options;
  const digests = tokens.map(digestOf);
  // A browser that is offered two ways takes neither.
  const challenge = `${orAsPassword ? 'Basic' : 'Bearer'} realm="${realm}"`;
  return (request, _response, next) => {
    const header = request.headers.authorization ?? '';
    const presented = BEARER.exec(header)?.[1] ?? (orAsPassword ? passwordOf(header) : undefined);
    if (presented !== undefined && isOneOf(digests, digestOf(presented))) return next();
    const message =
      verdict === 'absent'
        ? 'The header Authorization: Bearer <token> is needed.'
        : `The token is not one of ${setting}.`;
    throw new HttpProblem(401, 'UNAUTHORIZED', message, {
      headers: { 'WWW-Authenticate': challenge },
    });
  };
}

function passwordOf(header: string): string | undefined {
  const encoded = BASIC.exec(header)?.[1];
  if (encoded === undefined) return undefined;
  const pair = Buffer.from(encoded, 'base64').toString();
  const colon = pair.indexOf(':');
  return colon === -1 ? undefined : pair.slice(colon + 1);
}

function isOneOf(digests: readonly Buffer[], presented: Buffer): boolean {
  let found = false;
  for (const digest of digests) if (timingSafeEqual(digest, presented)) found = true;
  return found;
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
