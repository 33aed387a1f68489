import { errors, jwtVerify } from 'jose';

export type TokenVerifierOptions = {
  key: Uint8Array;
  /** The claim `iss` must be one of them. */
  issuers: readonly string[];
  /** By how much the clocks of the two sides may differ. */
  leewaySeconds: number;
};

/** Why a token is not good; never holds any of it. */
export type TokenVerdict = 'good' | 'absent' | 'malformed' | 'expired' | 'claims' | 'signature';

/** Verifies the value of an `Authorization` header: a bearer token, HS256, with `iss` and an `exp` to come. */
export type TokenVerifier = (authorization: string | undefined) => Promise<TokenVerdict>;

/** A longer token is no one's: nothing but an issuer and a time belongs into it. */
const MAX_TOKEN_CHARACTERS = 8192;
const BEARER = 'Bearer ';

/** The comparison of signatures is constant in time. */
export function createTokenVerifier({ key, issuers, leewaySeconds }: TokenVerifierOptions): TokenVerifier {
  const expected = {
    algorithms: ['HS256'],
    issuer: [...issuers],
    clockTolerance: leewaySeconds,
    requiredClaims: ['exp'],
  };
  return async (authorization) => {
    if (authorization?.startsWith(BEARER) !== true) return 'absent';
    if (authorization.length > MAX_TOKEN_CHARACTERS) return 'malformed';
    try {
      await jwtVerify(authorization.slice(BEARER.length), key, expected);
      return 'good';
    } catch (error) {
      return verdictOf(error);
    }
  };
}

function verdictOf(error: unknown): TokenVerdict {
  if (error instanceof errors.JWTExpired) return 'expired';
  if (error instanceof errors.JWTClaimValidationFailed) return 'claims';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'signature';
  return 'malformed';
}
