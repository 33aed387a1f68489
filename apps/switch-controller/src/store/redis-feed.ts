import { CodedError } from '@quay-observability/coded-errors';
import type { Logger } from '@quay-observability/logging';
import {
  diffSnapshots,
  EMPTY_SNAPSHOT,
  type ParsedSnapshot,
  type Snapshot,
} from '@quay-observability/owner-switch';
import { createProblemLog, type LastKnownGood } from '@quay-observability/service';
import type { Board } from '../board.ts';
import { publishedOf, type Published } from '../published.ts';
import type { HistoryEntry } from './history-entry.ts';
import { publishSurely, type Sight } from './publish-surely.ts';
import { reconcile } from './reconcile.ts';
import type { RedisStore } from './redis-store.ts';
import { createRefreshLoop } from './refresh-loop.ts';
import { restoreBoard } from './restore-board.ts';
import type { SnapshotFeed } from './snapshot-feed.ts';

export type RedisFeedOptions = {
  readonly store: RedisStore;
  /** Resolves when Redis is there, or has kept us waiting for long enough. */
  readonly connected: Promise<void>;
  readonly board: Board;
  /** What this replica published last, for a start while Redis is away. */
  readonly disk: LastKnownGood;
  /** What an empty Redis gets if nobody knows better. Its version must be above any that was ever published. */
  readonly seed: () => ParsedSnapshot;
  /** How long it must have been empty: a replica that knows better may still be connecting. */
  readonly seedDelayMs: number;
  readonly log: Logger;
};

/** Redis is the truth; the replica that finds it emptied writes what it serves, and the highest version wins. */
export function createRedisFeed(options: RedisFeedOptions): SnapshotFeed {
  const { store, connected, board, disk, seed, seedDelayMs, log } = options;
  let history: readonly HistoryEntry[] = [];
  let emptySinceMs: number | undefined;
  const problems = createProblemLog(
    log,
    'The owner switches in Redis cannot be followed; what is published stays.',
    'The owner switches in Redis are followed again.',
  );

  const serve = async (published: Published): Promise<void> => {
    if (board.put(published)) disk.keep(published.snapshot);
    history = await store.readHistory();
  };
  /** Writes what everybody is to serve from now on; another replica may be faster. */
  const write = async (
    published: Published,
    replaces: string | undefined,
    entries: readonly HistoryEntry[],
    keepHistory: boolean,
  ): Promise<void> => {
    if (await store.publish({ published, replaces, entries, keepHistory })) await serve(published);
    else
      throw new CodedError('SNAPSHOT_REFUSED', 'Another replica wrote the owner switches at the same time');
  };
  /** What goes with a restored snapshot: our history, or without one what it changes in the store, which keeps its own. */
  const restoredHistory = (served: Published, stored: Published | undefined): readonly HistoryEntry[] => {
    if (history.length > 0) return history;
    const changes = diffSnapshots(stored?.snapshot ?? EMPTY_SNAPSHOT, served.snapshot);
    return [{ snapshot: served.snapshot, changes, rolledBackTo: undefined }];
  };
  const restored = restoreBoard(disk, board);

  /** A Redis that cannot be read, or holds something, is not one that has been empty all the time. */
  const readStored = async (): Promise<Published | undefined> => {
    const sinceMs = emptySinceMs;
    emptySinceMs = undefined;
    const stored = await store.read();
    if (stored === undefined) emptySinceMs = sinceMs;
    return stored;
  };
  const read = async (): Promise<void> => {
    await Promise.all([restored, connected]);
    const served = board.published();
    // History follows the board; if reading it failed, it is behind.
    const isComplete = history[0]?.snapshot.version === served?.snapshot.version;
    if (served !== undefined && isComplete && (await store.readTag()) === served.tag) return;
    const stored = await readStored();
    switch (reconcile(served, stored, isSameContent)) {
      case 'same':
      case 'take':
        if (stored !== undefined) await serve(stored);
        return;
      case 'seed': {
        emptySinceMs ??= performance.now();
        if (performance.now() - emptySinceMs < seedDelayMs)
          throw new CodedError('SNAPSHOT_UNAVAILABLE', 'Redis is empty; another replica may fill it');
        const { snapshot, warnings } = seed();
        const first = publishedOf(snapshot);
        const { version } = snapshot;
        log.warning('Redis has no owner switches; it gets those of the environment.', { version });
        for (const line of warnings)
          log.warning(`Doubtful owner switches in the environment: ${line}`, { version });
        return write(first, undefined, [firstEntry(first.snapshot)], false);
      }
      case 'restore':
        if (served === undefined) return;
        log.warning('Redis has lost the owner switches; it gets those that are served here.', {
          version: served.snapshot.version,
          version_in_redis: stored?.snapshot.version ?? null,
        });
        return write(served, undefined, restoredHistory(served, stored), history.length === 0);
      case 'diverged':
        if (stored !== undefined) await settle(stored);
    }
  };
  /** Processes follow either of the two; a version above both brings them together. */
  const settle = async (stored: Published): Promise<void> => {
    const { version } = stored.snapshot;
    log.warning('Redis has other owner switches under the version served here; they get a higher version.', {
      version,
    });
    const snapshot = { ...stored.snapshot, version: version + 1, updatedAt: new Date().toISOString() };
    return write(
      publishedOf(snapshot),
      stored.tag,
      [{ snapshot, changes: [], rolledBackTo: undefined }],
      true,
    );
  };

  /** What the last read says of a publication; others may have published after it. */
  const sightOf = (published: Published, base: Published): Sight => {
    const { version } = published.snapshot;
    const entry = history.find(({ snapshot }) => snapshot.version === version);
    const isEntry = entry !== undefined && publishedOf(entry.snapshot).tag === published.tag;
    const { tag } = board.published() ?? base;
    if (isEntry || tag === published.tag) return 'published';
    return tag === base.tag ? 'absent' : 'outrun';
  };

  const loop = createRefreshLoop(read, problems);
  return {
    truth: 'Redis',
    refresh: loop.refresh,
    confirmedAgeSeconds: loop.ageSeconds,
    history: () => history,
    publish: async ({ entry, base }) => {
      const published = publishedOf(entry.snapshot);
      const done = await publishSurely({
        publish: () => store.publish({ published, replaces: base.tag, entries: [entry], keepHistory: true }),
        refresh: loop.refresh,
        sight: () => sightOf(published, base),
      });
      if (!done) {
        await loop.refresh();
        return 'outrun';
      }
      if (board.put(published)) disk.keep(published.snapshot);
      // It is published whether or not this can be read now; the loop reads it again if it is behind.
      history = await store.readHistory().catch(() => history);
      return 'published';
    },
    trouble: () => problems.cause(),
    start: loop.start,
    stop: async () => {
      await loop.stop();
      await disk.settled();
    },
  };
}

function isSameContent(served: Published, stored: Published): boolean {
  return diffSnapshots(served.snapshot, stored.snapshot).length === 0;
}

function firstEntry(snapshot: Snapshot): HistoryEntry {
  return { snapshot, changes: diffSnapshots(EMPTY_SNAPSHOT, snapshot), rolledBackTo: undefined };
}
