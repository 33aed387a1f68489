import { HttpProblem } from '@quay-observability/service';
import type { Published } from '../published.ts';
import { invalidChange } from './invalid-change.ts';

/** The version from which a change was made, as the request tells it. */
export type Precondition = {
  /** The field `version` of the body. */
  readonly version: unknown;
  /** The header `If-Match`: an ETag of a snapshot, or a version. */
  readonly ifMatch: string | undefined;
};

/**
 * Checks that a change was made from what is published. Throws an `HttpProblem`: 428 if it does not say what it
 * was made from, 409 with `current_version` if that is something else, 400 if it cannot be understood.
 */
export function checkPrecondition({ version, ifMatch }: Precondition, current: Published): void {
  if (version === undefined && (ifMatch === undefined || ifMatch.trim() === '*')) {
    throw new HttpProblem(
      428,
      'VERSION_REQUIRED',
      'Say from which version the change was made: as `version` in the body, or in the header If-Match.',
      { details: { current_version: current.snapshot.version } },
    );
  }
  if (
    version !== undefined &&
    !(typeof version === 'number' && Number.isSafeInteger(version) && version >= 0)
  )
    throw invalidChange([
      { field: 'version', problem: 'expected the version that the change was made from' },
    ]);
  if (version !== undefined && version !== current.snapshot.version) throw conflict(current);
  if (ifMatch !== undefined && ifMatch.trim() !== '*' && !matches(ifMatch, current)) throw conflict(current);
}

/** Somebody was faster. */
export function conflict({ snapshot }: Published): HttpProblem {
  const { version, updatedBy, updatedAt } = snapshot;
  const who = updatedBy === undefined ? '' : ` by ${updatedBy}`;
  return new HttpProblem(
    409,
    'VERSION_CONFLICT',
    `The current version is ${version}, published${who} at ${updatedAt}. Read it, and make the change again.`,
    { details: { current_version: version } },
  );
}

function matches(header: string, { tag, snapshot }: Published): boolean {
  return header
    .split(',')
    .map((each) => each.trim().replace(/^W\//, '').replaceAll('"', ''))
    .some((each) => each === tag || each === String(snapshot.version));
}
