import { CodedError } from '@quay-observability/coded-errors';

/** One fault of a snapshot: the path of the field and what was expected there. */
export type SnapshotFault = { readonly field: string; readonly problem: string };

/** Every fault of a snapshot that cannot be used; the code is `SNAPSHOT_INVALID`. */
export class SnapshotError extends CodedError {
  readonly faults: readonly SnapshotFault[];

  constructor(faults: readonly SnapshotFault[]) {
    const lines = faults.map(({ field, problem }) => (field === '' ? problem : `${field}: ${problem}`));
    super('SNAPSHOT_INVALID', `The snapshot of the owner switches is invalid: ${lines.join('; ')}`);
    this.name = 'SnapshotError';
    this.faults = faults;
  }
}
