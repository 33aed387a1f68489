/** What keeps a manifest: other manifests as long as they are there (its parents, its referrers), or anything else. */
export type Keepers = {
  /** By manifest. */
  readonly manifests: ReadonlyMap<number, readonly number[]>;
  /** Manifests that a tag keeps. */
  readonly tagged: ReadonlySet<number>;
};

/** Which of the candidates nothing keeps in the end: those that only each other keep one after the other go too. */
export function freeInOrder(candidates: Iterable<number>, { manifests, tagged }: Keepers): Set<number> {
  const left = new Set([...candidates].filter((id) => !tagged.has(id)));
  const free = new Set<number>();
  for (let isProgressing = true; isProgressing;) {
    isProgressing = false;
    for (const id of left)
      if ((manifests.get(id) ?? []).every((keeper) => free.has(keeper))) {
        left.delete(id);
        free.add(id);
        isProgressing = true;
      }
  }
  return free;
}
