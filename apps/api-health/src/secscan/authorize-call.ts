import { createTokenSigner, createTokenVerifier, type TokenVerdict } from '@quay-observability/jwt';
import { headerValue, type GatewayRequest } from '@quay-observability/gateway';
import type { TokenPlan } from './secscan-settings.ts';

/** What Clair gets in place of the caller's headers, or why the call is refused. */
export type Authorization =
  | { readonly headers: Readonly<Record<string, string>> }
  | { readonly refused: Exclude<TokenVerdict, 'good'> };

/** Decides about the token of a call. */
export type AuthorizeCall = (
  request: Pick<GatewayRequest, 'rawHeaders'>,
) => Authorization | Promise<Authorization>;

/** As Quay signs and Clair verifies: the issuer and life of a token, and how far clocks may differ. */
const TOKEN = { issuer: 'quay', lifetimeSeconds: 300, leewaySeconds: 15 } as const;
const AS_IT_IS: Authorization = { headers: {} };

export function createAuthorizeCall(plan: TokenPlan): AuthorizeCall {
  if (plan.kind === 'pass') return () => AS_IT_IS;
  const { issuer, lifetimeSeconds, leewaySeconds } = TOKEN;
  const verify = createTokenVerifier({ key: plan.ownKey, issuers: [issuer], leewaySeconds });
  const sign = createTokenSigner({ key: plan.upstreamKey, issuer, lifetimeSeconds });
  return async ({ rawHeaders }) => {
    const verdict = await verify(headerValue(rawHeaders, 'authorization'));
    return verdict === 'good'
      ? { headers: { authorization: `Bearer ${await sign()}` } }
      : { refused: verdict };
  };
}
