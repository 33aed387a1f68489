import { mergeRecords, recordReport, type ProcessRecord } from './process-record.ts';
import type { ProcessReport } from './process-report.ts';

/** The processes that poll, as far as this replica knows. Bounded, whoever polls under however many names. */
export type ProcessRegister = {
  /** A process has polled. */
  reported(report: ProcessReport): void;
  /** The poll of a process is held: it is there as long as it waits. Call what is returned when it ends. */
  held(id: string): () => void;
  records(): readonly ProcessRecord[];
  /** Takes in what another replica knows. */
  merge(records: Iterable<ProcessRecord>): void;
  /** What has changed here since this was last asked. */
  takeChanged(): ProcessRecord[];
  /** Forgets, and names, those that have not polled for ten minutes. */
  forgetSilent(): string[];
};

export const SILENT_AFTER_MS = 30_000;
const FORGOTTEN_AFTER_MS = 600_000;
const MAX_PROCESSES = 1000;
/** How often a process whose poll is held counts as seen again. */
const TOUCH_EVERY_MS = 5000;

/** `now` gives unix milliseconds. */
export function createProcessRegister(now: () => number = Date.now): ProcessRegister {
  const records = new Map<string, ProcessRecord>();
  const changed = new Set<string>();
  const waiting = new Map<string, number>();

  /** Makes room for one more: whoever has been silent for longest goes, but nobody who still polls. */
  const hasRoom = (): boolean => {
    if (records.size < MAX_PROCESSES) return true;
    let longest: ProcessRecord | undefined;
    for (const record of records.values())
      if (longest === undefined || record.lastSeenMs < longest.lastSeenMs) longest = record;
    if (longest === undefined || now() - longest.lastSeenMs <= SILENT_AFTER_MS) return false;
    return records.delete(longest.id);
  };
  const touchHeld = (): void => {
    const nowMs = now();
    for (const id of waiting.keys()) {
      const record = records.get(id);
      if (record === undefined || nowMs - record.lastSeenMs < TOUCH_EVERY_MS) continue;
      records.set(id, { ...record, lastSeenMs: nowMs });
      changed.add(id);
    }
  };
  return {
    reported: (report) => {
      const known = records.get(report.id);
      if (known === undefined && !hasRoom()) return;
      records.set(report.id, recordReport(known, report, now()));
      changed.add(report.id);
    },
    held: (id) => {
      waiting.set(id, (waiting.get(id) ?? 0) + 1);
      return () => {
        const left = (waiting.get(id) ?? 1) - 1;
        if (left > 0) waiting.set(id, left);
        else waiting.delete(id);
      };
    },
    records: () => {
      touchHeld();
      return [...records.values()];
    },
    merge: (others) => {
      const limitMs = now() - FORGOTTEN_AFTER_MS;
      for (const other of others) {
        const known = records.get(other.id);
        if (known === undefined && (other.lastSeenMs < limitMs || !hasRoom())) continue;
        records.set(other.id, known === undefined ? other : mergeRecords(known, other));
      }
    },
    takeChanged: () => {
      touchHeld();
      const taken = [...changed].flatMap((id) => records.get(id) ?? []);
      changed.clear();
      return taken;
    },
    forgetSilent: () => {
      const limitMs = now() - FORGOTTEN_AFTER_MS;
      const silent = [...records.values()]
        .filter(({ lastSeenMs }) => lastSeenMs < limitMs)
        .map(({ id }) => id);
      for (const id of silent) records.delete(id);
      return silent;
    },
  };
}
