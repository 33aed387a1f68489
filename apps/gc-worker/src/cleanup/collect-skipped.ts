import { collectManifests } from '../repository/collect-manifests.ts';
import { isDoomed, lockRepository } from '../repository/lock-repository.ts';
import type { GcRules, Step } from '../steps/gc-context.ts';
import type { Cleanup, SkippedManifests } from './cleanup.ts';
import { changeQuota } from './quota.ts';

/** Manifests in one transaction, at most. */
export const SKIPPED_PER_STEP = 100;

/**
 * Looks again at manifests that were locked, some of them in one step; resolves to what is left of the cleanup. The row
 * of the repository is locked, as for any collection. Those of a repository that is gone, or goes as a whole, are
 * nobody's business any more.
 */
export async function collectSkipped(
  step: Step,
  rules: GcRules,
  cleanup: Omit<Cleanup, 'manifests'>,
  { repositoryId, ids }: SkippedManifests,
): Promise<Cleanup> {
  const repository = await lockRepository(step.queries, repositoryId);
  if (repository === undefined || isDoomed(repository)) return cleanup;
  const collected = await collectManifests(step, repositoryId, ids.slice(0, SKIPPED_PER_STEP));
  const blobs = [...collected.blobIds];
  if (collected.deletedIds.size > 0) await changeQuota(step.queries, rules.quota, repository, blobs);
  const left = [...new Set([...ids.slice(SKIPPED_PER_STEP), ...collected.skippedIds])];
  return {
    ...cleanup,
    ...(left.length > 0 && { manifests: { repositoryId, ids: left } }),
    labels: [...new Set([...cleanup.labels, ...collected.labelIds])],
    blobs: [...new Set([...cleanup.blobs, ...blobs])],
  };
}
