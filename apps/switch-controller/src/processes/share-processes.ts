import { createRefreshLoop, type RefreshLoop } from '../store/refresh-loop.ts';
import { propagationSeconds, type ProcessRecord } from './process-record.ts';
import { FORGOTTEN_AFTER_MS, type ProcessRegister } from './process-register.ts';
import type { ProcessStore } from './process-store.ts';

export type ShareProcessesOptions = {
  readonly register: ProcessRegister;
  readonly store: ProcessStore;
  readonly publishedAtMs: (version: number) => number | undefined;
  /** The time from publication to acknowledgement, once for each process and version. */
  readonly observe: (seconds: number) => void;
  readonly tell: { failed(error: unknown): void; recovered(): void };
};

/** An acknowledgement that is older was observed before. */
const OBSERVED_WITHIN_MS = 300_000;
/** In one command. */
const MAX_REMOVALS = 1000;
/** That wait for Redis; what is left out is too old by itself, ten minutes later. */
const MAX_UNREMOVED = 10_000;

/**
 * Shares what this replica knows of the processes with the others, beside the path of the polls: every second it
 * writes what has changed here and reads what they wrote. While Redis is away, each replica knows its own.
 */
export function createProcessSharing(options: ShareProcessesOptions): RefreshLoop {
  const { register, store, publishedAtMs, observe, tell } = options;
  /** By process, the highest version whose acknowledgement was dealt with here. */
  const settled = new Map<string, number>();
  const unwritten = new Map<string, ProcessRecord>();
  /** What is to go from Redis, and when it was last seen. */
  const unremoved = new Map<string, number>();

  const observeOnce = async (record: ProcessRecord): Promise<void> => {
    const { id, acknowledged } = record;
    const { version, atMs } = acknowledged;
    if ((settled.get(id) ?? -1) >= version) return;
    settled.set(id, version);
    const seconds = propagationSeconds(record, publishedAtMs(version));
    // After a restart of ours, old ones come up again when the process polls next.
    if (seconds === null || Date.now() - atMs > OBSERVED_WITHIN_MS) return;
    // Without Redis nobody can tell whether another replica has heard of it; here it is the first time.
    if (await store.claim(id, version).catch(() => true)) observe(seconds);
  };
  /** Nobody else removes what ended while no replica was there. */
  const stillThere = (stored: ReadonlyMap<string, ProcessRecord | undefined>): ProcessRecord[] => {
    const limitMs = Date.now() - FORGOTTEN_AFTER_MS;
    return [...stored].flatMap(([id, record]) => {
      const removedMs = unremoved.get(id) ?? -Infinity;
      if (record !== undefined && record.lastSeenMs >= limitMs && record.lastSeenMs > removedMs) {
        // It polls again, another replica.
        unremoved.delete(id);
        return [record];
      }
      unremoved.set(id, record?.lastSeenMs ?? -Infinity);
      return [];
    });
  };
  const share = async (): Promise<void> => {
    register.forgetSilent();
    try {
      // First, so that a process that this replica has just met keeps what is known of it elsewhere.
      register.merge(stillThere(await store.read()));
    } finally {
      for (const { id, lastSeenMs } of register.takeRemoved()) {
        settled.delete(id);
        unwritten.delete(id);
        if (unremoved.size < MAX_UNREMOVED) unremoved.set(id, lastSeenMs);
      }
      // Each by itself: a process that was behind may have acknowledged two versions since.
      for (const record of register.takeAcknowledged()) await observeOnce(record);
      for (const record of register.takeChanged()) {
        unwritten.set(record.id, record);
        unremoved.delete(record.id);
        await observeOnce(record);
      }
    }
    while (unremoved.size > 0) {
      const ids = [...unremoved.keys()].slice(0, MAX_REMOVALS);
      await store.remove(ids);
      for (const id of ids) unremoved.delete(id);
    }
    await store.write([...unwritten.values()]);
    unwritten.clear();
  };
  return createRefreshLoop(share, tell);
}
