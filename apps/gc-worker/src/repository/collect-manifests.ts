import type { Step } from '../steps/gc-context.ts';
import { inChunks } from '../steps/in-chunks.ts';
import { deleteManifests, type Leavings } from './delete-manifests.ts';
import { freeManifests, lockManifests, subjectsOf, type SubjectRule } from './free-manifests.ts';
import { withDescendants } from './walk-children.ts';

/** Manifests in one statement, at most: each has some dozens of rows. */
const MANIFESTS_PER_STATEMENT = 100;

export type CollectedManifests = Leavings & {
  readonly deletedIds: ReadonlySet<number>;
  /** Manifests that nothing refers to, and that somebody has locked: no tag leads to them any more. */
  readonly skippedIds: readonly number[];
};

/**
 * Of these manifests of a locked repository, and of all below them, deletes what nothing refers to, until nothing
 * changes: a list makes its children free, a referrer its subject, whenever that has lost its tags.
 */
export async function collectManifests(
  step: Step,
  repositoryId: number,
  touchedIds: Iterable<number>,
  subjectRule: SubjectRule = 'subjects-stay',
): Promise<CollectedManifests> {
  const { queries } = step;
  const left = await withDescendants(queries, touchedIds);
  const leavings: Leavings = { labelIds: new Set(), blobIds: new Set() };
  const deletedIds = new Set<number>();
  for (let isProgressing = left.size > 0; isProgressing;) {
    isProgressing = false;
    for (const ids of inChunks([...left], MANIFESTS_PER_STATEMENT)) {
      const candidates = await freeManifests(queries, repositoryId, ids, subjectRule);
      if (candidates.length === 0) continue;
      const lockedIds = await lockManifests(
        queries,
        candidates.map(({ id }) => id),
      );
      // The repository's lock keeps out new references, but not a change of what a row refers to: so look again.
      const free = await freeManifests(queries, repositoryId, lockedIds, subjectRule);
      if (free.length === 0) continue;
      await deleteManifests(step, repositoryId, free, leavings);
      for (const { id } of free) {
        left.delete(id);
        deletedIds.add(id);
      }
      const subjects = await subjectsOf(queries, repositoryId, free);
      for (const id of await withDescendants(queries, subjects)) left.add(id);
      isProgressing = true;
    }
  }
  const skippedIds: number[] = [];
  for (const ids of inChunks([...left], MANIFESTS_PER_STATEMENT))
    skippedIds.push(...(await freeManifests(queries, repositoryId, ids, subjectRule)).map(({ id }) => id));
  return { ...leavings, deletedIds, skippedIds };
}
