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
};

/**
 * Lets a request pass that has `Authorization: Bearer <token>` with one of the tokens; anything else is a 401, before
 * its body is read. The comparison takes the same time for every token, and whether it is one or not.
 */
export function requireBearer({ tokens, realm, setting }: BearerOptions): RequestHandler {
  const judge = createBearerJudge(tokens);
  return (request, _response, next) => {
    const verdict = judge(request.headers.authorization);
    if (verdict === 'known') return next();
    const message =
      verdict === 'absent'
        ? 'The header Authorization: Bearer <token> is needed.'
        : `The token is not one of ${setting}.`;
    throw new HttpProblem(401, 'UNAUTHORIZED', message, {
      headers: { 'WWW-Authenticate': `Bearer realm="${realm}"` },
    });
  };
}
