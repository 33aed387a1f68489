import { commitStep } from '../steps/commit-step.ts';
import type { GcContext, PostponeReason, Step } from '../steps/gc-context.ts';
import { isContention } from '../steps/is-contention.ts';
import { isDone, type Cleanup, type DoomedFile, type SkippedManifests } from './cleanup.ts';
import { lockCleanup, postponeCleanup, saveCleanup } from './cleanup-store.ts';
import { collectSkipped, SKIPPED_PER_STEP } from './collect-skipped.ts';
import { deleteLabels } from './delete-labels.ts';
import { deleteStorages } from './delete-storages.ts';
import { removeFiles } from './remove-files.ts';

/** Labels or storage rows in one transaction, at most. */
const ROWS_PER_STEP = 100;

/** Rows that somebody else had locked when they were first tried. */
type Busy = ReadonlySet<number>;

/**
 * Does what a cleanup asks for, in steps that each commit together with what is then left of it: whoever does it again,
 * after a crash or at the same time, does no part twice and forgets none. What cannot be done now waits.
 */
export async function settleCleanup(context: GcContext, id: number, signal: AbortSignal): Promise<void> {
  try {
    const left = await settle(context, id, signal);
    if (left !== undefined && !signal.aborted) await postpone(context, id, left);
  } catch (error) {
    if (!isContention(error)) throw error;
    context.log.debug('A cleanup waits for somebody else, and is finished later.', { cleanup: id, error });
    await postpone(context, id, { reason: 'rows', hasProgressed: false });
  }
}

export type Postponed = { readonly reason: PostponeReason; readonly hasProgressed: boolean };

/** Lets a cleanup wait, and counts that. */
export async function postpone(
  context: GcContext,
  id: number,
  { reason, hasProgressed }: Postponed,
): Promise<void> {
  await commitStep(context, NEVER, ({ queries }) =>
    postponeCleanup(queries, id, context.now(), { hasProgressed }),
  );
  context.counters.cleanupPostponed(reason);
}

/** Resolves to why something is left of it; undefined if nothing is. */
async function settle(context: GcContext, id: number, signal: AbortSignal): Promise<Postponed | undefined> {
  // Each manifest is looked at once: those that are locked still wait for a later time.
  let looks: number | undefined;
  const looksAhead = ({ ids }: SkippedManifests) => looks ?? Math.ceil(ids.length / SKIPPED_PER_STEP);
  const hasRowWork = ({ manifests, labels, blobs }: Cleanup): boolean =>
    (manifests !== undefined && looksAhead(manifests) > 0) || labels.length > 0 || blobs.length > 0;
  let busyLabels: Busy = new Set();
  let busyBlobs: Busy = new Set();
  const rowStep = async (step: Step, cleanup: Cleanup): Promise<Cleanup> => {
    const { manifests, ...rest } = cleanup;
    if (manifests !== undefined && looksAhead(manifests) > 0) {
      looks = looksAhead(manifests) - 1;
      return collectSkipped(step, context.rules, rest, manifests);
    }
    if (cleanup.labels.length > 0) {
      const { now, later, rule } = portionOf(cleanup.labels, busyLabels);
      const busy = await deleteLabels(step, now, rule);
      busyLabels = new Set([...busyLabels, ...busy]);
      return { ...cleanup, labels: [...later, ...busy] };
    }
    const { now, later, rule } = portionOf(cleanup.blobs, busyBlobs);
    const { busy, files } = await deleteStorages(step, now, rule);
    busyBlobs = new Set([...busyBlobs, ...busy]);
    return { ...cleanup, blobs: [...later, ...busy], files: distinctFiles([...cleanup.files, ...files]) };
  };

  let first: Cleanup | undefined;
  for (;;) {
    const cleanup = await commitStep(context, signal, async (step) => {
      const before = await lockCleanup(step.queries, id);
      first ??= before;
      if (before === undefined || !hasRowWork(before)) return before;
      const after = await rowStep(step, before);
      await saveCleanup(step.queries, id, after, context.now());
      return after;
    });
    if (first === undefined || cleanup === undefined) return undefined;
    if (hasRowWork(cleanup)) continue;
    const files = await removeFiles(context, cleanup.files, signal);
    // Also which of them have failed: the next time the others have their turn first.
    if (files.length < cleanup.files.length || files.some((file) => !cleanup.files.includes(file)))
      await commitStep(context, NEVER, ({ queries }) => keepFiles(queries, id, files, context.now()));
    const last = { ...cleanup, files };
    if (isDone(last)) return undefined;
    return { reason: files.length > 0 ? 'files' : 'rows', hasProgressed: sizes(last) !== sizes(first) };
  }
}

/** Of each part, to tell whether anything has been done. */
function sizes({ manifests, labels, blobs, files }: Cleanup): string {
  return [manifests?.ids ?? [], labels, blobs, files].map(({ length }) => length).join();
}

/** What has been removed is written down even while the work is being stopped. */
const NEVER = new AbortController().signal;

async function keepFiles(
  queries: Step['queries'],
  id: number,
  files: Cleanup['files'],
  nowMs: number,
): Promise<void> {
  const current = await lockCleanup(queries, id);
  if (current !== undefined) await saveCleanup(queries, id, { ...current, files }, nowMs);
}

/** Two storage rows of one checksum share their file. */
function distinctFiles(files: readonly DoomedFile[]): DoomedFile[] {
  return [...new Map(files.map((file) => [`${file.location}\n${file.path}`, file])).values()];
}

/** First many rows without waiting; those that were busy one by one. */
function portionOf(ids: readonly number[], busy: Busy) {
  const fresh = ids.filter((id) => !busy.has(id)).slice(0, ROWS_PER_STEP);
  const now = fresh.length > 0 ? fresh : ids.slice(0, 1);
  const taken = new Set(now);
  const rule = fresh.length > 0 ? ('SKIP LOCKED' as const) : ('' as const);
  return { now, later: ids.filter((id) => !taken.has(id)), rule };
}
