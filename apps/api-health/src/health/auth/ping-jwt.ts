import type { AuthenticationSettings } from '@quay-observability/quay-config';
import type { CheckResult } from '../service-check.ts';
import { askHttp } from './ask-http.ts';

const TIMEOUT_MS = 2000;
const UNREACHABLE = 'Could not reach JWT authn endpoint';

/** Asks for a user without credentials, which the endpoint must refuse (`ExternalJWTAuthN.ping`). */
export async function pingJwt(
  { getUserUrl }: AuthenticationSettings['jwt'],
  signal: AbortSignal,
): Promise<CheckResult> {
  if (getUserUrl === undefined) return { healthy: false, failure: 'JWT_GETUSER_ENDPOINT is not set' };
  const answer = await askHttp({ url: getUserUrl, timeoutMs: TIMEOUT_MS, signal });
  if ('problem' in answer) return { healthy: false, failure: `${UNREACHABLE}: ${answer.problem}` };
  return Math.trunc(answer.status / 100) === 4
    ? { healthy: true }
    : { healthy: false, failure: `${UNREACHABLE}: it answers ${answer.status} where 4xx is expected` };
}
