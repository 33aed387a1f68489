import { HttpProblem } from '@quay-observability/service';
import type { Board } from '../board.ts';
import type { Published } from '../published.ts';
import type { HistoryEntry } from '../store/history-entry.ts';
import { DoubtfulPublication } from '../store/publish-surely.ts';
import type { SnapshotFeed } from '../store/snapshot-feed.ts';
import { planChange, type ChangeRequest } from './plan-change.ts';
import { conflict } from './precondition.ts';

/** What became of a change: `planned` is a dry run, `unknown` may or may not have taken effect. */
export type ChangeResult = {
  readonly outcome: 'published' | 'unchanged' | 'planned' | 'unknown';
  /** What was published until now. */
  readonly before: Published;
  /** What is, or would be, published. */
  readonly entry: HistoryEntry;
  /** What is answered if the outcome is `unknown`. */
  readonly problem?: HttpProblem;
};

/**
 * Makes a change, or with `dryRun` says what it would do. Throws an `HttpProblem`: what `planChange` throws, 409 if
 * somebody was faster, 503 while the store is away.
 */
export async function makeChange(
  request: ChangeRequest & { readonly dryRun: boolean },
  { board, feed }: { board: Board; feed: SnapshotFeed },
): Promise<ChangeResult> {
  // From the truth, not from what this replica last heard of it.
  await feed.refresh().catch((error: unknown) => {
    throw storeAway(feed, error);
  });
  const before = board.published();
  if (before === undefined) throw storeAway(feed, new Error('it has no owner switches yet'));
  const entry = planChange(request, before, feed.history(), new Date());
  if (request.dryRun) return { outcome: 'planned', before, entry };
  if (entry.changes.length === 0) return { outcome: 'unchanged', before, entry };
  try {
    const published = await feed.publish({ entry, base: before });
    if (published === 'published') return { outcome: 'published', before, entry };
  } catch (error) {
    const problem = storeAway(feed, error);
    if (!(error instanceof DoubtfulPublication)) throw problem;
    return { outcome: 'unknown', before, entry, problem };
  }
  throw conflict(board.published() ?? before);
}

function storeAway({ truth }: SnapshotFeed, error: unknown): HttpProblem {
  const why = error instanceof Error ? error.message : String(error);
  const isDoubtful = error instanceof DoubtfulPublication;
  const doubt = isDoubtful
    ? ' Whether the change took effect is unknown: read the snapshot before you try again.'
    : '';
  const message = `${truth} is needed for a change and cannot be used: ${why}.${doubt}`;
  return new HttpProblem(503, 'STORE_UNAVAILABLE', message, {
    headers: { 'Retry-After': '5' },
    details: isDoubtful ? { outcome: 'unknown' } : {},
    cause: error,
  });
}
