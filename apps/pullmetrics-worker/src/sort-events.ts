import {
  checkPulls,
  type ClaimedEvent,
  type CountedPulls,
  type PullFault,
} from '@quay-observability/redis-contracts';

/** The events of a batch, by how they are to be treated. */
export type SortedEvents = {
  readonly pulls: readonly CountedPulls[];
  /** How many have nothing to be counted. */
  readonly empty: number;
  readonly invalid: readonly { readonly key: string; readonly fault: PullFault }[];
  /** Whole unix seconds of the event whose latest pull is the oldest; those without a time do not tell. */
  readonly oldestSeconds: number | undefined;
};

export function sortEvents(events: readonly ClaimedEvent[]): SortedEvents {
  const pulls: CountedPulls[] = [];
  const invalid: { key: string; fault: PullFault }[] = [];
  let empty = 0;
  let oldestSeconds: number | undefined;
  for (const event of events) {
    const checked = checkPulls(event);
    if (checked.kind === 'empty') empty += 1;
    else if (checked.kind === 'invalid') invalid.push({ key: event.key, fault: checked.fault });
    else {
      const { unixSeconds } = checked.pulls;
      pulls.push(checked.pulls);
      if (unixSeconds > 0) oldestSeconds = Math.min(oldestSeconds ?? unixSeconds, unixSeconds);
    }
  }
  return { pulls, empty, invalid, oldestSeconds };
}
