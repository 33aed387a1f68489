import { settleCleanup } from '../cleanup/settle-cleanup.ts';
import { commitStep } from '../steps/commit-step.ts';
import type { GcContext } from '../steps/gc-context.ts';
import { nextStepSize } from '../steps/step-pace.ts';
import { isCollectable, isDoomed, lockRepository } from './lock-repository.ts';
import { purgeTags, type TagStep } from './purge-tags.ts';
import { purgeUploads } from './purge-uploads.ts';
import type { TagCursor } from './select-tags.ts';

/** Tags or uploads in one transaction. */
const FIRST_STEP = 10;
const LARGEST_STEP = 100;

/**
 * Garbage collection of one repository (contract section 8): dead tags, the manifests that nothing refers to any more,
 * and expired uploads, with all that was only theirs. A repository that is gone, or doomed as a whole, is left alone.
 *
 * @throws the reason of the signal, between two transactions; errors of the database. Either way it can be repeated.
 */
export async function collectRepository(
  context: GcContext,
  repositoryId: number,
  signal: AbortSignal,
): Promise<void> {
  await purgeDeadTags(context, repositoryId, signal);
  await purgeExpiredUploads(context, repositoryId, signal);
}

async function purgeDeadTags(context: GcContext, repositoryId: number, signal: AbortSignal): Promise<void> {
  let limit = FIRST_STEP;
  let after: TagCursor | undefined;
  let purged = 0;
  let passedOver = false;
  for (;;) {
    const startedAt = performance.now();
    const step = await commitStep(context, signal, async (inStep): Promise<TagStep | undefined> => {
      const repository = await lockRepository(inStep.queries, repositoryId);
      if (repository === undefined || isDoomed(repository)) return undefined;
      const nowMs = context.now();
      return purgeTags(inStep, {
        repository,
        selection: { which: 'dead', nowMs, keepImmutable: context.rules.keepImmutableTags },
        after,
        limit,
        linkRule: 'keep-linked',
        rules: context.rules,
        nowMs,
      });
    });
    if (step === undefined) return;
    limit = nextStepSize(limit, performance.now() - startedAt, LARGEST_STEP);
    if (step.cleanupId !== undefined) await settleCleanup(context, step.cleanupId, signal);
    purged += step.tags;
    passedOver ||= step.passedOver;
    after = step.next;
    if (after !== undefined) continue;
    // A tag that a purged one linked to is free now.
    if (!passedOver || purged === 0) return;
    purged = 0;
    passedOver = false;
  }
}

async function purgeExpiredUploads(
  context: GcContext,
  repositoryId: number,
  signal: AbortSignal,
): Promise<void> {
  for (let uploads = 1; uploads > 0;) {
    const step = await commitStep(context, signal, async (inStep) => {
      const nowMs = context.now();
      if (!(await isCollectable(inStep.queries, repositoryId))) return { uploads: 0, cleanupId: undefined };
      return purgeUploads(inStep, { repositoryId, expiredAtMs: nowMs, limit: LARGEST_STEP, nowMs });
    });
    uploads = step.uploads;
    if (step.cleanupId !== undefined) await settleCleanup(context, step.cleanupId, signal);
  }
}
