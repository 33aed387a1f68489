import { settleCleanup } from '../cleanup/settle-cleanup.ts';
import { collectManifests } from '../repository/collect-manifests.ts';
import { isDoomed, lockRepository, type LockedRepository } from '../repository/lock-repository.ts';
import { noteCleanup, purgeTags } from '../repository/purge-tags.ts';
import { purgeUploads } from '../repository/purge-uploads.ts';
import type { TagCursor } from '../repository/select-tags.ts';
import { commitStep } from '../steps/commit-step.ts';
import type { GcContext, Step } from '../steps/gc-context.ts';
import { countRows } from '../steps/row-tally.ts';
import { changedBy, rowsOf } from '../steps/run-sql.ts';
import { nextStepSize } from '../steps/step-pace.ts';
import { PurgeBlocked } from './purge-blocked.ts';

const FIRST_STEP = 10;
const LARGEST_STEP = 100;
const LINKS_PER_STEP = 500;

/** Tags, manifests and uploads of a doomed repository, whatever their age, with all that was only theirs. */
export async function purgeContent(
  context: GcContext,
  repositoryId: number,
  signal: AbortSignal,
): Promise<void> {
  await purgeChildLinks(context, repositoryId, signal);
  await purgeAllTags(context, repositoryId, signal);
  await purgeUntagged(context, repositoryId, signal);
  for (let uploads = 1; uploads > 0;) {
    const step = await doomedStep(context, repositoryId, signal, (inStep) =>
      purgeUploads(inStep, { repositoryId, expiredAtMs: 'all', limit: LARGEST_STEP, nowMs: context.now() }),
    );
    uploads = step.uploads;
    if (step.cleanupId !== undefined) await settleCleanup(context, step.cleanupId, signal);
  }
}

/** Python does not count these, and nor do we. */
async function purgeChildLinks(context: GcContext, repositoryId: number, signal: AbortSignal): Promise<void> {
  for (let deleted = 1; deleted > 0;)
    deleted = await doomedStep(context, repositoryId, signal, ({ queries }) =>
      changedBy(
        queries,
        `DELETE FROM manifestchild WHERE id = ANY(ARRAY(
           SELECT id FROM manifestchild WHERE repository_id = ? LIMIT ${LINKS_PER_STEP}))`,
        [repositoryId],
      ),
    );
}

async function purgeAllTags(context: GcContext, repositoryId: number, signal: AbortSignal): Promise<void> {
  let limit = FIRST_STEP;
  let after: TagCursor | undefined;
  let isRepeated = true;
  while (isRepeated || after !== undefined) {
    const startedAt = performance.now();
    const step = await doomedStep(context, repositoryId, signal, (inStep, repository) =>
      purgeTags(inStep, {
        repository,
        selection: { which: 'all' },
        after,
        limit,
        linkRule: 'unlink',
        rules: context.rules,
        nowMs: context.now(),
      }),
    );
    limit = nextStepSize(limit, performance.now() - startedAt, LARGEST_STEP);
    if (step.cleanupId !== undefined) await settleCleanup(context, step.cleanupId, signal);
    after = step.next;
    // Nobody adds tags to a doomed repository, but a tag may have been locked: so until there are none.
    isRepeated = step.tags > 0;
  }
}

/** Manifests without tags: nothing protects them now, not even a referrer. */
async function purgeUntagged(context: GcContext, repositoryId: number, signal: AbortSignal): Promise<void> {
  for (let after: string | undefined = ''; after !== undefined;) {
    const from: string = after;
    const step = await doomedStep(context, repositoryId, signal, async (inStep, repository) => {
      const rows = await rowsOf<{ id: number; digest: string }>(
        inStep.queries,
        'SELECT id, digest FROM manifest WHERE repository_id = ? AND digest > ? ORDER BY digest LIMIT ?',
        [repositoryId, from, LARGEST_STEP],
      );
      // As Python does: once when it is queued, and once more when it goes.
      countRows(inStep.tally, 'Manifest', rows.length);
      const ids = rows.map(({ id }) => id);
      const manifests = await collectManifests(inStep, repositoryId, ids, 'subjects-go');
      const cleanupId = await noteCleanup(inStep, repository, manifests, context.rules, context.now());
      return { cleanupId, next: rows.length < LARGEST_STEP ? undefined : rows.at(-1)?.digest };
    });
    if (step.cleanupId !== undefined) await settleCleanup(context, step.cleanupId, signal);
    after = step.next;
  }
}

/** A step that holds the repository, and only while that is doomed. */
async function doomedStep<T>(
  context: GcContext,
  repositoryId: number,
  signal: AbortSignal,
  work: (step: Step, repository: LockedRepository) => Promise<T>,
): Promise<T> {
  return commitStep(context, signal, async (step) => {
    const repository = await lockRepository(step.queries, repositoryId);
    if (repository === undefined || !isDoomed(repository))
      throw new PurgeBlocked(`repository ${repositoryId} is not marked for deletion (any more)`);
    return work(step, repository);
  });
}
