import type { Published } from '../published.ts';
import type { HistoryEntry } from './history-entry.ts';

/** A change that may be published. */
export type Change = {
  /** Its version is higher than that of `base`. */
  readonly entry: HistoryEntry;
  /** What it was made from; it is published only while this is what is published. */
  readonly base: Published;
};

/** Keeps the board of this replica equal to the source of truth. */
export type SnapshotFeed = {
  /** What holds the truth, in words: `Redis`, `the file /conf/switches.yaml`. */
  readonly truth: string;
  /**
   * Reads the source of truth now; calls at the same time share a read. Rejects with a coded error while it is
   * away or holds what cannot be used; the board stays as it is.
   */
  refresh(): Promise<void>;
  /** Newest first, as far as this replica knows it. */
  history(): readonly HistoryEntry[];
  /**
   * Publishes, if nothing else was published meanwhile. Rejects with `DoubtfulPublication` if it cannot be found out
   * whether it is published, with another error if it is not.
   */
  publish(change: Change): Promise<'published' | 'outrun'>;
  /** Seconds since what is on the board was last confirmed by the truth; undefined if it never was. */
  confirmedAgeSeconds(): number | undefined;
  /** Why the truth cannot be read, in words; undefined if it can. */
  trouble(): string | undefined;
  /** Begins to refresh every second. Never rejects. */
  start(): Promise<void>;
  stop(): Promise<void>;
};
