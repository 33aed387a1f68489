import { CodedError } from '@quay-observability/coded-errors';
import type { Logger } from '@quay-observability/logging';
import { diffSnapshots, EMPTY_SNAPSHOT } from '@quay-observability/owner-switch';
import { createProblemLog, type LastKnownGood, type SwitchSource } from '@quay-observability/service';
import type { Board } from '../board.ts';
import { publishedOf, type Published } from '../published.ts';
import type { HistoryEntry } from './history-entry.ts';
import type { RedisStore } from './redis-store.ts';
import { createRefreshLoop } from './refresh-loop.ts';
import type { SnapshotFeed } from './snapshot-feed.ts';

export type FileFeedOptions = {
  readonly source: SwitchSource;
  readonly board: Board;
  /** What was read last, for a start while the file is away. */
  readonly disk: LastKnownGood;
  /** Keeps the history; the file does not need it. */
  readonly store: RedisStore;
  readonly log: Logger;
};

/** For one read of the file. */
const READ_LIMIT_MS = 5000;

/** A file is the truth: whoever writes it changes owners, and this replica only serves it. */
export function createFileFeed({ source, board, disk, store, log }: FileFeedOptions): SnapshotFeed {
  let history: readonly HistoryEntry[] = [];
  let unrecorded: HistoryEntry | undefined;
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
  const restored = disk.restore().then((snapshot) => {
    if (snapshot !== undefined) board.put(publishedOf(snapshot));
  });

  const read = async (): Promise<void> => {
    await restored;
    const served = board.published();
    const parsed = await source.poll({
      inForce: {
        version: served?.snapshot.version ?? 0,
        phase: served === undefined || problems.cause() !== undefined ? 'last-known-good' : 'fresh',
        ageSeconds: 0,
      },
      waitMs: 0,
      signal: AbortSignal.timeout(READ_LIMIT_MS),
    });
    if (parsed !== 'unchanged') {
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
    unrecorded = { snapshot: fresh.snapshot, changes, rolledBackTo: undefined };
    history = [unrecorded, ...history];
  };
  /** Several replicas see the file change; the first one writes it down. */
  const record = async (): Promise<void> => {
    try {
      if (unrecorded !== undefined) {
        const published = publishedOf(unrecorded.snapshot);
        await store.publish({ published, replaces: undefined, entries: [unrecorded], keepHistory: true });
        unrecorded = undefined;
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
    history: () => history,
    publish: () => Promise.reject(new Error('a file is not changed from here')),
    trouble: () => problems.cause(),
    start: loop.start,
    stop: async () => {
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
