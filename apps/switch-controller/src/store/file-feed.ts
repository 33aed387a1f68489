import { CodedError } from '@quay-observability/coded-errors';
import type { Logger } from '@quay-observability/logging';
import {
  diffSnapshots,
  EMPTY_SNAPSHOT,
  type ParsedSnapshot,
  type Snapshot,
} from '@quay-observability/owner-switch';
import {
  boundPoll,
  createProblemLog,
  type LastKnownGood,
  type SwitchSource,
} from '@quay-observability/service';
import type { Board } from '../board.ts';
import { isTooLarge, MAX_PUBLISHED_BYTES, publishedOf, type Published } from '../published.ts';
import { boundHistory, type HistoryEntry } from './history-entry.ts';
import type { RedisStore } from './redis-store.ts';
import { createRefreshLoop } from './refresh-loop.ts';
import { restoreBoard } from './restore-board.ts';
import type { SnapshotFeed } from './snapshot-feed.ts';

export type FileFeedOptions = {
  readonly source: SwitchSource;
  readonly board: Board;
  /** What was read last, for a start while the file is away. */
  readonly disk: LastKnownGood;
  /** Keeps the history; the file does not need it. */
  readonly store: RedisStore;
  readonly log: Logger;
  /** For one read of the file, the first one of a start included. */
  readonly readLimitMs?: number;
};

const READ_LIMIT_MS = 3000;

/** A file is the truth: whoever writes it changes owners, and this replica only serves it. */
export function createFileFeed(options: FileFeedOptions): SnapshotFeed {
  const { source, board, disk, store, log, readLimitMs = READ_LIMIT_MS } = options;
  const stop = new AbortController();
  let history: readonly HistoryEntry[] = [];
  /** What Redis does not have yet, newest first. */
  let unrecorded: readonly HistoryEntry[] = [];
  /** A content that was refused: it is read again every second, and looked at once. */
  let tooLarge: Snapshot | undefined;
  let isReading = false;
  const problems = createProblemLog(
    log,
    'The file of the owner switches cannot be used; what is published stays.',
    'The file of the owner switches is in use again.',
  );
  const historyProblems = createProblemLog(
    log,
    'The history of the owner switches cannot be kept in Redis.',
    'The history of the owner switches is kept in Redis again.',
  );
  const restored = restoreBoard(disk, board);

  /** A file system that hangs keeps one read, and nobody else. */
  const poll = async (served: Published | undefined): Promise<'unchanged' | ParsedSnapshot> => {
    if (isReading)
      throw new CodedError('SNAPSHOT_UNAVAILABLE', `The ${source.name} has not answered for a while`);
    const version = served?.snapshot.version ?? 0;
    const phase = served === undefined || problems.cause() !== undefined ? 'last-known-good' : 'fresh';
    const { answer } = boundPoll(readLimitMs, stop.signal, async (signal) => {
      isReading = true;
      try {
        return await source.poll({ inForce: { version, phase, ageSeconds: 0 }, waitMs: 0, signal });
      } finally {
        isReading = false;
      }
    });
    return answer;
  };
  const read = async (): Promise<void> => {
    await restored;
    const served = board.published();
    const parsed = await poll(served);
    if (parsed !== 'unchanged') {
      refuseTooLarge(parsed.snapshot);
      // Propagation begins when the file is seen: its own time may be that of a commit.
      const fresh = { ...publishedOf(parsed.snapshot, parsed.warnings), publishedAtMs: Date.now() };
      if (served === undefined || fresh.snapshot.version > served.snapshot.version) serve(fresh, served);
      else refuseOther(fresh, served);
    }
    await record();
  };
  const serve = (fresh: Published, served: Published | undefined): void => {
    board.put(fresh);
    disk.keep(fresh.snapshot);
    const changes = diffSnapshots(served?.snapshot ?? EMPTY_SNAPSHOT, fresh.snapshot);
    const entry = { snapshot: fresh.snapshot, changes, rolledBackTo: undefined };
    unrecorded = boundHistory([entry, ...unrecorded]);
    history = boundHistory([entry, ...history]);
  };
  const refuseTooLarge = (snapshot: Snapshot): void => {
    if (snapshot !== tooLarge && !isTooLarge(snapshot)) return;
    tooLarge = snapshot;
    throw new CodedError(
      'SNAPSHOT_INVALID',
      `The ${source.name} has owner switches of more than ${MAX_PUBLISHED_BYTES} bytes when written out as JSON`,
    );
  };
  /** Several replicas see the file change; the first one writes it down. */
  const record = async (): Promise<void> => {
    try {
      if (unrecorded.length > 0) {
        for (let entry = unrecorded.at(-1); entry !== undefined; entry = unrecorded.at(-1)) {
          const published = publishedOf(entry.snapshot);
          await store.publish({ published, replaces: undefined, entries: [entry], keepHistory: true });
          unrecorded = unrecorded.slice(0, -1);
        }
        history = await store.readHistory();
      } else if (history.length === 0) {
        history = await store.readHistory();
      }
      historyProblems.recovered();
    } catch (error) {
      historyProblems.failed(error);
    }
  };

  const loop = createRefreshLoop(read, problems);
  return {
    truth: `the ${source.name}`,
    refresh: loop.refresh,
    confirmedAgeSeconds: loop.ageSeconds,
    history: () => history,
    publish: () => Promise.reject(new Error('a file is not changed from here')),
    trouble: () => problems.cause(),
    start: loop.start,
    stop: async () => {
      stop.abort();
      await loop.stop();
      await disk.settled();
    },
  };
}

function refuseOther({ snapshot }: Published, served: Published): void {
  const { version } = served.snapshot;
  if (snapshot.version === version && diffSnapshots(served.snapshot, snapshot).length === 0) return;
  throw new CodedError(
    'SNAPSHOT_REFUSED',
    `Version ${snapshot.version} of the file is ${snapshot.version < version ? 'lower than' : 'other content under'} version ${version}, which is published; give it a higher one`,
  );
}
