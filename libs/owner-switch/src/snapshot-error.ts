import { CodedError } from '@quay-observability/coded-errors';

/** One fault of a snapshot: the path of the field and what was expected there. */
export type SnapshotFault = { readonly field: string; readonly problem: string };

/** A file of another kind may have a fault in every line; nobody reads more than this. */
const MAX_FAULTS = 100;
const MAX_FIELD_LENGTH = 200;

/** The faults of a snapshot that cannot be used, every one up to a hundred; the code is `SNAPSHOT_INVALID`. */
export class SnapshotError extends CodedError {
  readonly faults: readonly SnapshotFault[];

  constructor(faults: readonly SnapshotFault[]) {
    const listed = listFaults(faults);
    const lines = listed.map(({ field, problem }) => (field === '' ? problem : `${field}: ${problem}`));
    super('SNAPSHOT_INVALID', `The snapshot of the owner switches is invalid: ${lines.join('; ')}`);
    this.name = 'SnapshotError';
    this.faults = listed;
  }
}

function listFaults(faults: readonly SnapshotFault[]): SnapshotFault[] {
  const listed = faults.slice(0, MAX_FAULTS).map(({ field, problem }) => ({
    field: field.slice(0, MAX_FIELD_LENGTH),
    problem,
  }));
  const more = faults.length - listed.length;
  return more === 0 ? listed : [...listed, { field: '', problem: `and ${more} more faults` }];
}
