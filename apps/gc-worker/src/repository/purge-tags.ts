import { addCleanup } from '../cleanup/cleanup-store.ts';
import { quotaChange } from '../cleanup/quota.ts';
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
  readonly held: readonly number[];
  /** What the step leaves to be done. */
  readonly cleanupId: number | undefined;
};

export type TagStepOptions = {
  readonly repository: LockedRepository;
  readonly selection: TagSelection;
  readonly after: TagCursor | undefined;
  readonly limit: number;
  readonly linkRule: LinkRule;
  /** Manifests that an earlier step found held by a referrer. */
  readonly held: readonly number[];
  readonly rules: GcRules;
  readonly nowMs: number;
};

/**
 * One step of purging tags, within a transaction that holds the repository: tags, the manifests that they leave without
 * a reference, and the note of what is to be done about labels, blobs and files. At the end there is no garbage that
 * neither a tag nor a note leads to.
 */
export async function purgeTags(step: Step, options: TagStepOptions): Promise<TagStep> {
  const { repository, selection, after, limit, linkRule, held, rules, nowMs } = options;
  const { tags, next } = await selectTags(step.queries, repository, selection, { after, limit });
  const deleted = await deleteTags(step, repository.id, tags, linkRule);
  const touched = new Set(held);
  for (const { manifestId } of deleted) if (manifestId !== null) touched.add(manifestId);
  const manifests = await collectManifests(step, repository.id, touched);
  return {
    tags: deleted.length,
    passedOver: deleted.length < tags.length,
    next,
    held: manifests.heldIds,
    cleanupId: await noteCleanup(step, repository, manifests, rules, nowMs),
  };
}

/** Writes down what the deletion of manifests leaves to be done. */
export async function noteCleanup(
  { queries }: Step,
  repository: LockedRepository,
  { deletedIds, labelIds, blobIds }: Pick<CollectedManifests, 'deletedIds' | 'labelIds' | 'blobIds'>,
  rules: GcRules,
  nowMs: number,
): Promise<number | undefined> {
  if (deletedIds.size === 0) return undefined;
  const blobs = [...blobIds];
  const quota = await quotaChange(queries, rules.quota, repository, blobs);
  const cleanup = { ...(quota === undefined ? {} : { quota }), labels: [...labelIds], blobs, files: [] };
  return addCleanup(queries, cleanup, nowMs);
}
