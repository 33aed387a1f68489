/**
 * A namespace, repository or user as a canary may name it. Neither space nor comma: the environment and the
 * audit log separate names by them. No half of a surrogate pair: it has no bytes to hash or to send.
 */
export const CANARY_NAME = /^[^\s,\p{Cc}\p{Cs}]{1,255}$/u;
export const CANARY_NAME_EXPECTED = 'expected a name of 1 to 255 characters without spaces or commas';
