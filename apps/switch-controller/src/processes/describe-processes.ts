import type { Published } from '../published.ts';
import { propagationSeconds, type ProcessRecord } from './process-record.ts';
import type { ProcessRegister } from './process-register.ts';
import { SILENT_AFTER_MS } from './process-room.ts';

/** `current`: on the published version. `silent`: has not polled for more than 30 s, whatever its version. */
export type ProcessStatus = 'current' | 'behind' | 'silent';

/** The answer of `GET /v1/processes`; times are ISO 8601, durations seconds. */
export type ProcessesView = {
  readonly version: number;
  readonly updated_at: string;
  /** Of the processes that have acknowledged the published version so far; null if none has. */
  readonly slowest_propagation_seconds: number | null;
  /**
   * How many have not acknowledged it yet. Those that are silent count until they are forgotten: a process that only
   * cannot reach the controller goes on with what it has.
   */
  readonly pending: number;
  /** How many have not polled for more than 30 s, whatever their version. */
  readonly silent: number;
  /** Whether a process that polled within the last minute found no place in `processes`. */
  readonly full: boolean;
  readonly processes: readonly ProcessView[];
};

export type ProcessView = {
  readonly id: string;
  readonly process_name: string;
  readonly host: string;
  readonly pid: number;
  readonly version: number;
  readonly state: string;
  readonly snapshot_age_seconds: number;
  readonly last_seen: string;
  readonly acknowledged_at: string;
  /** Null for a process that began after the version was published. */
  readonly propagation_seconds: number | null;
  readonly status: ProcessStatus;
};

/** Which process follows which version, in the order of their ids. */
export function describeProcesses(
  { snapshot }: Published,
  { records, isFull }: Pick<ProcessRegister, 'records' | 'isFull'>,
  publishedAtMs: (version: number) => number | undefined,
  nowMs: number,
): ProcessesView {
  const processes = [...records()]
    .sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
    .map((record) => ({
      id: record.id,
      process_name: record.name,
      host: record.host,
      pid: record.pid,
      version: record.version,
      state: record.phase,
      snapshot_age_seconds: Math.round(record.ageSeconds * 1000) / 1000,
      last_seen: new Date(record.lastSeenMs).toISOString(),
      acknowledged_at: new Date(record.acknowledged.atMs).toISOString(),
      propagation_seconds: propagationSeconds(record, publishedAtMs(record.acknowledged.version)),
      status: statusOf(record, snapshot.version, nowMs),
    }));
  const measured = processes.flatMap(({ status, propagation_seconds: seconds }) =>
    status === 'current' && seconds !== null ? [seconds] : [],
  );
  return {
    version: snapshot.version,
    updated_at: snapshot.updatedAt,
    slowest_propagation_seconds: measured.length === 0 ? null : Math.max(...measured),
    pending: processes.filter(({ status, version }) => !followsIn(status, version === snapshot.version))
      .length,
    silent: processes.filter(({ status }) => status === 'silent').length,
    full: isFull(),
    processes,
  };
}

/** A silent process that had the version before it fell silent follows, as far as anybody knows. */
function followsIn(status: ProcessStatus, isPublished: boolean): boolean {
  return status === 'current' || (status === 'silent' && isPublished);
}

/**
 * A process ahead of this replica is `current` if another replica confirms what it has, and this one will have caught
 * up soon. One that nobody confirms follows nothing that is published here.
 */
export function statusOf(record: ProcessRecord, version: number, nowMs: number): ProcessStatus {
  if (nowMs - record.lastSeenMs > SILENT_AFTER_MS) return 'silent';
  const isAhead = record.version > version && record.phase === 'fresh';
  return record.version === version || isAhead ? 'current' : 'behind';
}
