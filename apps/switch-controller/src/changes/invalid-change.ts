import { HttpProblem } from '@quay-observability/service';
import { SnapshotError, type SnapshotFault } from '@quay-observability/owner-switch';

/** A change that cannot be made, with everything that is wrong with it. */
export function invalidChange(faults: readonly SnapshotFault[]): HttpProblem {
  // Bounds their number and length.
  const { message, faults: listed } = new SnapshotError(faults);
  return new HttpProblem(400, 'SNAPSHOT_INVALID', message, { details: { faults: listed } });
}
