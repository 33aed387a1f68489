import { addCleanup } from '../cleanup/cleanup-store.ts';
import { changeQuota } from '../cleanup/quota.ts';
import type { GcRules, Step } from '../steps/gc-context.ts';
import { collectManifests, type CollectedManifests } from './collect-manifests.ts';
import { deleteTags, type LinkRule } from './delete-tags.ts';
import type { LockedRepository } from './lock-repository.ts';
import { selectTags, type TagCursor, type TagSelection } from './select-tags.ts';

export type TagStep = {
  readonly tags: number;
  /** Whether tags were passed over because another tag links to them. */
  readonly passedOver: boolean;
  readonly next: TagCursor | undefined;
  /** What the step leaves to be done. */
  readonly cleanupId: number | undefined;
};

export type TagStepOptions = {
  readonly repository: LockedRepository;
  readonly selection: TagSelection;
  readonly after: TagCursor | undefined;
  readonly limit: number;
  readonly linkRule: LinkRule;
  readonly rules: GcRules;
  readonly nowMs: number;
};

/**
 * One step of purging tags, within a transaction that holds the repository: tags, the manifests that they leave without
 * a reference, and the note of what is to be done about labels, blobs and files. At the end there is no garbage that
 * neither a tag nor a note leads to.
 */
export async function purgeTags(step: Step, options: TagStepOptions): Promise<TagStep> {
  const { repository, selection, after, limit, linkRule, rules, nowMs } = options;
  const { tags, next } = await selectTags(step.queries, repository, selection, { after, limit });
  const deleted = await deleteTags(step, repository.id, tags, linkRule);
  const touched = new Set<number>();
  for (const { manifestId } of deleted) if (manifestId !== null) touched.add(manifestId);
  const manifests = await collectManifests(step, repository.id, touched);
  return {
    tags: deleted.length,
    passedOver: deleted.length < tags.length,
    next,
    cleanupId: await noteCleanup(step, repository, manifests, rules, nowMs),
  };
}

/**
 * Changes the totals of the quota by what deleted manifests were the last to use, and writes down what else their
 * deletion leaves to be done. All in the transaction that deletes them, the totals too: one that were changed later would
 * be wrong where it has been computed anew in between.
 */
export async function noteCleanup(
  { queries }: Step,
  repository: LockedRepository,
  { deletedIds, skippedIds, labelIds, blobIds }: CollectedManifests,
  rules: GcRules,
  nowMs: number,
): Promise<number | undefined> {
  const blobs = [...blobIds];
  if (deletedIds.size > 0) await changeQuota(queries, rules.quota, repository, blobs);
  return addCleanup(
    queries,
    {
      ...(skippedIds.length > 0 && { manifests: { repositoryId: repository.id, ids: skippedIds } }),
      ...{ labels: [...labelIds], blobs, files: [] },
    },
    nowMs,
  );
}
