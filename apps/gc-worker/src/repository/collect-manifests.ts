import type { Step } from '../steps/gc-context.ts';
import { inChunks } from '../steps/in-chunks.ts';
import { deleteManifests, type Leavings } from './delete-manifests.ts';
import { freeManifests, heldManifests, lockManifests, type SubjectRule } from './free-manifests.ts';
import { withDescendants } from './walk-children.ts';

/** Manifests in one statement, at most: each has some dozens of rows. */
const MANIFESTS_PER_STATEMENT = 100;

export type CollectedManifests = Leavings & {
  readonly deletedIds: ReadonlySet<number>;
  /** Manifests that only a referrer or somebody's lock keeps. */
  readonly heldIds: readonly number[];
};

/**
 * Of these manifests of a locked repository, and of all below them, deletes what nothing refers to, until nothing
 * changes: a list makes its children free, a referrer its subject.
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
      isProgressing = true;
    }
  }
  const heldIds: number[] = [];
  for (const ids of inChunks([...left], MANIFESTS_PER_STATEMENT))
    heldIds.push(...(await heldManifests(queries, repositoryId, ids)));
  return { ...leavings, deletedIds, heldIds };
}
