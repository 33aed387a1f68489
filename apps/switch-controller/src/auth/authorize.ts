import { HttpProblem } from '@quay-observability/service';
import { ownerOfToken, type AdminToken } from './admin-tokens.ts';
import { createFailureLimit, type FailureLimit } from './failure-limit.ts';

/** What a request to change something says about who sends it. */
export type Credentials = { readonly authorization: string | undefined; readonly address: string };

/** Names whoever may change owners; throws an `HttpProblem` (401, 403, 429) for anybody else. */
export type Authorize = (credentials: Credentials) => string;

const BEARER = /^bearer +([^\s]{1,1024})$/i;

/**
 * Checks bearer tokens. An address from which too many wrong ones came gets a 429, which costs neither a log line
 * nor a look at the body. The right token passes all the same: behind a proxy everybody has one address, and
 * nobody must be able to hold up a rollback. Tokens are too long to be guessed at any rate.
 */
export function createAuthorize(
  tokens: readonly AdminToken[],
  limit: FailureLimit = createFailureLimit(),
): Authorize {
  return ({ authorization, address }) => {
    if (tokens.length === 0) {
      const message = 'Owners cannot be changed here: SWITCH_ADMIN_TOKENS names nobody who may.';
      throw new HttpProblem(403, 'CHANGES_DISABLED', message);
    }
    const presented = BEARER.exec(authorization ?? '')?.[1];
    const name = presented === undefined ? undefined : ownerOfToken(tokens, presented);
    if (name !== undefined) return name;
    const waitSeconds = limit.waitSeconds(address);
    if (waitSeconds > 0) {
      const message = `Too many wrong tokens came from this address; try again in ${waitSeconds} s.`;
      throw new HttpProblem(429, 'TOO_MANY_FAILURES', message, {
        headers: { 'Retry-After': String(waitSeconds) },
      });
    }
    limit.failed(address);
    throw new HttpProblem(
      401,
      'UNAUTHORIZED',
      presented === undefined
        ? 'A change needs the header Authorization: Bearer <token>.'
        : 'The token is not one of SWITCH_ADMIN_TOKENS.',
      { headers: { 'WWW-Authenticate': 'Bearer realm="switch-controller"' } },
    );
  };
}
