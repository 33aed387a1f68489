import { mergeRecords, recordReport, type ProcessRecord } from './process-record.ts';
import type { ProcessReport } from './process-report.ts';
import { roomFor } from './process-room.ts';

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
  /** The acknowledgements since this was last asked, the earliest first. */
  takeAcknowledged(): ProcessRecord[];
  /** Forgets those that have not polled for ten minutes. */
  forgetSilent(): void;
  /** Those that were forgotten, or gave way to others, since this was last asked. */
  takeRemoved(): ProcessRecord[];
  /** Whether a process found no place within the last minute: `records` does not have all. */
  isFull(): boolean;
};

export const FORGOTTEN_AFTER_MS = 600_000;
const FULL_FOR_MS = 60_000;
/** How often a process whose poll is held counts as seen again. */
const TOUCH_EVERY_MS = 5000;

export type ProcessRegisterOptions = {
  /** Unix milliseconds. */
  readonly now?: () => number;
  /** Called when a process finds no place, the first time within a minute. */
  readonly onFull?: () => void;
};

/** Acknowledgements that wait to be measured; each process makes a few per second at most. */
const MAX_ACKNOWLEDGED = 10_000;

export function createProcessRegister(options: ProcessRegisterOptions = {}): ProcessRegister {
  const { now = Date.now, onFull = () => undefined } = options;
  const records = new Map<string, ProcessRecord>();
  const changed = new Set<string>();
  const waiting = new Map<string, number>();
  const removed = new Map<string, ProcessRecord>();
  const acknowledged: ProcessRecord[] = [];
  let refusedAtMs = -Infinity;

  const isFull = (): boolean => now() - refusedAtMs < FULL_FOR_MS;
  const remove = (record: ProcessRecord): void => {
    records.delete(record.id);
    changed.delete(record.id);
    removed.set(record.id, record);
  };
  const put = (record: ProcessRecord): boolean => {
    if (!records.has(record.id)) {
      const room = roomFor(record, records.values(), now());
      if (room === undefined) {
        if (!isFull()) onFull();
        refusedAtMs = now();
        return false;
      }
      if (room.evict !== undefined) remove(room.evict);
    }
    removed.delete(record.id);
    records.set(record.id, record);
    return true;
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
      const record = recordReport(known, report, now());
      if (!put(record)) return;
      changed.add(report.id);
      // Of a process just met, another replica may know more: it is measured once that is merged.
      const isNew = known !== undefined && known.acknowledged.version !== record.acknowledged.version;
      if (isNew && acknowledged.length < MAX_ACKNOWLEDGED) acknowledged.push(record);
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
        if (known !== undefined) records.set(other.id, mergeRecords(known, other));
        else if (other.lastSeenMs >= limitMs) put(other);
      }
    },
    takeChanged: () => {
      touchHeld();
      const taken = [...changed].flatMap((id) => records.get(id) ?? []);
      changed.clear();
      return taken;
    },
    // Since when a process is known may have come from another replica meanwhile.
    takeAcknowledged: () =>
      acknowledged.splice(0).map((record) => {
        const { beganMs, firstSeenMs } = records.get(record.id) ?? record;
        return { ...record, beganMs, firstSeenMs };
      }),
    forgetSilent: () => {
      const limitMs = now() - FORGOTTEN_AFTER_MS;
      for (const record of [...records.values()]) if (record.lastSeenMs < limitMs) remove(record);
    },
    takeRemoved: () => {
      const taken = [...removed.values()];
      removed.clear();
      return taken;
    },
    isFull,
  };
}
