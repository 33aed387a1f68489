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

/** Reads the events of a batch as the scripts keep them; empty text for none. */
export function readClaimedEvents(json: string): ClaimedEvent[] {
  if (json === '') return [];
  return (JSON.parse(json) as Row[]).map(([key, orphaned, ...values]) => {
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
