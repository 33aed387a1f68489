export { readSharedKey } from './shared-key.ts';
export { createTokenSigner } from './token-signer.ts';
export type { TokenSigner, TokenSignerOptions } from './token-signer.ts';
export { createTokenVerifier } from './token-verifier.ts';
export type { TokenVerdict, TokenVerifier, TokenVerifierOptions } from './token-verifier.ts';
