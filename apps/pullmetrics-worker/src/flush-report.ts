/** What one flush, or one batch of it, came to; in keys unless told. */
export type FlushReport = {
  /** Keys of pull events that the scan found. */
  readonly scanned: number;
  /** Keys among them that another flusher had just claimed. */
  readonly leftToOthers: number;
  readonly claimed: number;
  /** Of the claimed: keys that a flusher of Python had claimed and left. */
  readonly pythonOrphans: number;
  /** Of the claimed: keys in batches of this runtime that nobody worked on any more. */
  readonly takenOver: number;
  readonly flushed: number;
  readonly empty: number;
  readonly invalid: number;
  readonly unknownRepository: number;
  /** Values that PostgreSQL would not add. */
  readonly refused: number;
  readonly handedBack: number;
  /** Batches of which it will be known at the next flush whether they are written. */
  readonly openBatches: number;
  /** Pulls added to the statistics of manifests. */
  readonly pulls: bigint;
  /** Of the oldest event; whole unix seconds, undefined without any. */
  readonly oldestSeconds: number | undefined;
  /** Why not everything could be flushed. */
  readonly errors: readonly Error[];
};

export const EMPTY_REPORT: FlushReport = {
  scanned: 0,
  leftToOthers: 0,
  claimed: 0,
  pythonOrphans: 0,
  takenOver: 0,
  flushed: 0,
  empty: 0,
  invalid: 0,
  unknownRepository: 0,
  refused: 0,
  handedBack: 0,
  openBatches: 0,
  pulls: 0n,
  oldestSeconds: undefined,
  errors: [],
};

/** Enough to see what is wrong; an outage gives the same error for every batch. */
const MOST_ERRORS = 3;

/** Adds a part to what is known so far. */
export function addReport(sum: FlushReport, part: Partial<FlushReport>): FlushReport {
  const more = { ...EMPTY_REPORT, ...part };
  const oldest = [sum.oldestSeconds, more.oldestSeconds].filter((each) => each !== undefined);
  return {
    scanned: sum.scanned + more.scanned,
    leftToOthers: sum.leftToOthers + more.leftToOthers,
    claimed: sum.claimed + more.claimed,
    pythonOrphans: sum.pythonOrphans + more.pythonOrphans,
    takenOver: sum.takenOver + more.takenOver,
    flushed: sum.flushed + more.flushed,
    empty: sum.empty + more.empty,
    invalid: sum.invalid + more.invalid,
    unknownRepository: sum.unknownRepository + more.unknownRepository,
    refused: sum.refused + more.refused,
    handedBack: sum.handedBack + more.handedBack,
    openBatches: sum.openBatches + more.openBatches,
    pulls: sum.pulls + more.pulls,
    oldestSeconds: oldest.length === 0 ? undefined : Math.min(...oldest),
    errors: [...sum.errors, ...more.errors].slice(0, MOST_ERRORS),
  };
}
