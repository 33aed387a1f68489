/** A pull event as it was claimed; nothing about it has been checked. */
export type ClaimedEvent = {
  /** Where it was found. */
  readonly key: string;
  /** Whether another flusher had claimed it, and left it. */
  readonly orphaned: boolean;
  /** Its fields; undefined for a key that holds no hash. */
  readonly fields: PullEventFields | undefined;
};

/** The fields of a pull event's hash; undefined for one that is missing (contract section 4). */
export type PullEventFields = {
  readonly repositoryId: string | undefined;
  readonly tagName: string | undefined;
  readonly manifestDigest: string | undefined;
  readonly pullCount: string | undefined;
  readonly lastPullTimestamp: string | undefined;
  readonly pullMethod: string | undefined;
};

type Value = string | false;
type Row = [key: string, orphaned: boolean, ...values: Value[]];

/** Stands for what is not as the scripts have written it. */
export const UNREADABLE = 'unreadable';

/** Reads the events of a batch that may be damaged. */
export function readKeptEvents(json: string): ClaimedEvent[] | typeof UNREADABLE {
  let rows: unknown;
  try {
    rows = JSON.parse(json);
  } catch {
    return UNREADABLE;
  }
  return Array.isArray(rows) && rows.every(isRow) ? readRows(rows) : UNREADABLE;
}

function isRow(row: unknown): row is Row {
  if (!Array.isArray(row) || (row.length !== 2 && row.length !== 8)) return false;
  const [key, orphaned, ...values] = row as unknown[];
  return (
    typeof key === 'string' &&
    typeof orphaned === 'boolean' &&
    values.every((value) => value === false || typeof value === 'string')
  );
}

/** Reads the events of a claim; empty text for none. */
export function readClaimedEvents(json: string): ClaimedEvent[] {
  return json === '' ? [] : readRows(JSON.parse(json) as Row[]);
}

function readRows(rows: readonly Row[]): ClaimedEvent[] {
  return rows.map(([key, orphaned, ...values]) => {
    if (values.length === 0) return { key, orphaned, fields: undefined };
    const [repositoryId, tagName, manifestDigest, pullCount, lastPullTimestamp, pullMethod] = values.map(
      (value) => (value === false ? undefined : value),
    );
    return {
      key,
      orphaned,
      fields: { repositoryId, tagName, manifestDigest, pullCount, lastPullTimestamp, pullMethod },
    };
  });
}
