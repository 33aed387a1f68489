import type { ProcessReport } from './process-report.ts';

/** What is known of a process that polls. Times are unix milliseconds. */
export type ProcessRecord = ProcessReport & {
  /** When it was seen to be another process than the one before it under the same id; 0 if it never was. */
  readonly beganMs: number;
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
  const first = { version: report.version, atMs: nowMs };
  if (known === undefined || isAnother(known, report, nowMs))
    return {
      ...report,
      beganMs: known === undefined ? 0 : nowMs,
      firstSeenMs: nowMs,
      lastSeenMs: nowMs,
      acknowledged: first,
    };
  const { beganMs, firstSeenMs } = known;
  const acknowledged = known.acknowledged.version >= report.version ? known.acknowledged : first;
  return { ...report, beganMs, firstSeenMs, lastSeenMs: nowMs, acknowledged };
}

/** How old `lastSeenMs` may be of a process that polls: a held poll is noted, and told to the others, now and then. */
const SEEN_WITHIN_MS = 8000;

/**
 * Whether a process has begun anew under the id of another one, as in a container whose process is always number 1.
 * A process never goes back to a lower version. One that is not `fresh` has had no answer since it was last seen
 * here, so that its age is at least that long, unless it has only just begun. Being cut off alone makes no new
 * process of it: its propagation is slow, and must show.
 */
function isAnother(
  known: ProcessRecord,
  { version, phase, ageSeconds }: ProcessReport,
  nowMs: number,
): boolean {
  if (version < known.version) return true;
  return phase !== 'fresh' && ageSeconds * 1000 + SEEN_WITHIN_MS < nowMs - known.lastSeenMs;
}

/**
 * One record out of what two replicas know of a process: each of them answers some of its polls. If one of them saw
 * that it is another process than before, what the other one knows from before counts no more.
 */
export function mergeRecords(one: ProcessRecord, other: ProcessRecord): ProcessRecord {
  const [latest, earlier] = one.lastSeenMs >= other.lastSeenMs ? [one, other] : [other, one];
  const beganMs = Math.max(one.beganMs, other.beganMs);
  const [a, b] = [latest.acknowledged, earlier.acknowledged];
  const acknowledged = a.atMs < beganMs ? b : b.atMs < beganMs ? a : firstOfHighest(a, b);
  const firstSeenMs = Math.max(beganMs, Math.min(one.firstSeenMs, other.firstSeenMs));
  return { ...latest, beganMs, firstSeenMs, acknowledged };
}

type Acknowledgement = ProcessRecord['acknowledged'];

function firstOfHighest(a: Acknowledgement, b: Acknowledgement): Acknowledgement {
  if (a.version !== b.version) return a.version > b.version ? a : b;
  return { version: a.version, atMs: Math.min(a.atMs, b.atMs) };
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

/** Reads what a replica wrote about the process `id`; undefined if it is no record of it. */
export function parseRecord(id: string, text: string): ProcessRecord | undefined {
  try {
    const value = JSON.parse(text) as ProcessRecord;
    const { pid, ageSeconds, beganMs, firstSeenMs, lastSeenMs, acknowledged } = value;
    const { version, atMs } = acknowledged;
    const whole = [pid, value.version, ageSeconds, beganMs, firstSeenMs, lastSeenMs, version, atMs].every(
      (each) => Number.isFinite(each),
    );
    const named = [value.id, value.name, value.host, value.phase].every((each) => typeof each === 'string');
    return whole && named && value.id === id ? value : undefined;
  } catch {
    return undefined;
  }
}
