import type { Published } from '../published.ts';

/**
 * What follows from what this replica serves and what the store holds. `seed`: nobody has anything. `restore`:
 * the store was emptied or went back, ours is written again. `take`: theirs is newer. `diverged`: two publications
 * of one version, after the store was emptied between them.
 */
export type Reconciliation = 'same' | 'take' | 'restore' | 'seed' | 'diverged';

/** The highest version wins. `isSameContent` is asked only for the same version with other bytes. */
export function reconcile(
  served: Published | undefined,
  stored: Published | undefined,
  isSameContent: (served: Published, stored: Published) => boolean,
): Reconciliation {
  if (stored === undefined) return served === undefined ? 'seed' : 'restore';
  if (served === undefined) return 'take';
  if (stored.tag === served.tag) return 'same';
  const ahead = stored.snapshot.version - served.snapshot.version;
  if (ahead !== 0) return ahead > 0 ? 'take' : 'restore';
  return isSameContent(served, stored) ? 'take' : 'diverged';
}
