import { CodedError } from '@quay-observability/coded-errors';
import { diffSnapshots, type Snapshot } from '@quay-observability/owner-switch';

/**
 * Whether a snapshot may take the place of the one in force: versions only go up (contract section 13). The same
 * version with the same switches is `unchanged`.
 *
 * @throws CodedError `SNAPSHOT_REFUSED` for a lower version, or the same one with other switches.
 */
export function admitSnapshot(inForce: Snapshot | undefined, candidate: Snapshot): 'new' | 'unchanged' {
  if (inForce === undefined || candidate.version > inForce.version) return 'new';
  if (candidate.version < inForce.version) {
    throw new CodedError(
      'SNAPSHOT_REFUSED',
      `Version ${candidate.version} of the owner switches is lower than version ${inForce.version}, which is in force`,
    );
  }
  const changes = diffSnapshots(inForce, candidate);
  if (changes.length === 0) return 'unchanged';
  const fields = changes.slice(0, 5).map(({ field }) => field);
  throw new CodedError(
    'SNAPSHOT_REFUSED',
    `Version ${candidate.version} of the owner switches is in force with other content (${fields.join(', ')}); a change needs a higher version`,
  );
}
