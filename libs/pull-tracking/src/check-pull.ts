import type { NamedPull } from '@quay-observability/registry-counting';

/** As in the rules of Flask (contract section 2), and no longer than the columns that pulls end up in. */
const DIGEST = /^[A-Za-z0-9_+.-]+:[A-Fa-f0-9]+$/;
const MAX_DIGEST_LENGTH = 255;
const TAG = /^[\p{L}\p{N}_][\p{L}\p{N}_.-]{0,127}$/u;
/** Two columns of 255 characters and what is between them. */
const MAX_REPOSITORY_LENGTH = 511;
const CONTROL_CHARACTER = /\p{Cc}/u;

/** Why a pull cannot be tracked, whatever database and Redis say; undefined if it can. */
export function checkPull({
  repository,
  tag,
  digest,
  unixSeconds,
}: NamedPull): 'no_digest' | 'invalid' | undefined {
  if (digest === '') return 'no_digest';
  const valid =
    digest.length <= MAX_DIGEST_LENGTH &&
    DIGEST.test(digest) &&
    (tag === undefined || TAG.test(tag)) &&
    repository.length <= MAX_REPOSITORY_LENGTH &&
    !CONTROL_CHARACTER.test(repository) &&
    Number.isSafeInteger(unixSeconds) &&
    unixSeconds > 0;
  return valid ? undefined : 'invalid';
}
