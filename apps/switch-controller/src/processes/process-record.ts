import type { ProcessReport } from './process-report.ts';

/** What is known of a process that polls. Times are unix milliseconds. */
export type ProcessRecord = ProcessReport & {
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  /** The first report of the highest version that it ever had in force. */
  readonly acknowledged: { readonly version: number; readonly atMs: number };
};

/** The record after a report. */
export function recordReport(
  known: ProcessRecord | undefined,
  report: ProcessReport,
  nowMs: number,
): ProcessRecord {
  const acknowledged =
    known !== undefined && known.acknowledged.version >= report.version
      ? known.acknowledged
      : { version: report.version, atMs: nowMs };
  return { ...report, firstSeenMs: known?.firstSeenMs ?? nowMs, lastSeenMs: nowMs, acknowledged };
}

/** One record out of what two replicas know of a process: each of them answers some of its polls. */
export function mergeRecords(one: ProcessRecord, other: ProcessRecord): ProcessRecord {
  const [latest, earlier] = one.lastSeenMs >= other.lastSeenMs ? [one, other] : [other, one];
  const [a, b] = [latest.acknowledged, earlier.acknowledged];
  const acknowledged =
    a.version === b.version
      ? { version: a.version, atMs: Math.min(a.atMs, b.atMs) }
      : a.version > b.version
        ? a
        : b;
  return { ...latest, firstSeenMs: Math.min(one.firstSeenMs, other.firstSeenMs), acknowledged };
}

/**
 * Seconds from the publication of a version to its acknowledgement; null for a process that was not there when it
 * was published. `publishedAtMs` is undefined for a version that nobody remembers.
 */
export function propagationSeconds(
  { firstSeenMs, acknowledged }: ProcessRecord,
  publishedAtMs: number | undefined,
): number | null {
  if (publishedAtMs === undefined || firstSeenMs > publishedAtMs) return null;
  return Math.max(0, acknowledged.atMs - publishedAtMs) / 1000;
}

/** Reads a record that a replica wrote; undefined if it is none. */
export function parseRecord(text: string): ProcessRecord | undefined {
  try {
    const value = JSON.parse(text) as ProcessRecord;
    const numbers = [value.pid, value.version, value.ageSeconds, value.firstSeenMs, value.lastSeenMs];
    const { version, atMs } = value.acknowledged;
    const whole = [...numbers, version, atMs].every((each) => Number.isFinite(each));
    const named = [value.id, value.name, value.host, value.phase].every((each) => typeof each === 'string');
    return whole && named ? value : undefined;
  } catch {
    return undefined;
  }
}
