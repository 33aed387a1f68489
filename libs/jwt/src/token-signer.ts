import { SignJWT } from 'jose';

export type TokenSignerOptions = {
  key: Uint8Array;
  issuer: string;
  lifetimeSeconds: number;
};

/** Signs a new token (HS256) with the claims `iss` and `exp`. */
export type TokenSigner = () => Promise<string>;

export function createTokenSigner({ key, issuer, lifetimeSeconds }: TokenSignerOptions): TokenSigner {
  return () =>
    new SignJWT()
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setIssuer(issuer)
      .setExpirationTime(Math.floor(Date.now() / 1000) + lifetimeSeconds)
      .sign(key);
}
