import type { Queries } from '@quay-observability/database';
import { rowsOf } from '../steps/run-sql.ts';
import { MARKED_FOR_DELETION } from './repository-state.ts';

export type LockedRepository = {
  readonly id: number;
  readonly namespaceId: number | null;
  /** A number of `RepositoryState`. */
  readonly state: number;
};

/**
 * Locks a repository until the end of the transaction: who inserts anything that refers to it (tags, manifests, links to
 * children and blobs, uploads) has either committed or waits. A look at the tables after this sees every reference that
 * there is, those without a foreign key (`manifest.subject`) included. Undefined if the repository is gone.
 */
export async function lockRepository(queries: Queries, id: number): Promise<LockedRepository | undefined> {
  const [row] = await rowsOf<{ namespace_user_id: number | null; state: number }>(
    queries,
    'SELECT namespace_user_id, state FROM repository WHERE id = ? FOR UPDATE',
    [id],
  );
  return row === undefined ? undefined : { id, namespaceId: row.namespace_user_id, state: row.state };
}

/** Whether it is to be deleted as a whole, which is somebody else's work. */
export function isDoomed({ state }: Pick<LockedRepository, 'state'>): boolean {
  return state === MARKED_FOR_DELETION;
}

/** Whether there is such a repository and it is not doomed; without a lock. */
export async function isCollectable(queries: Queries, id: number): Promise<boolean> {
  const [row] = await rowsOf<{ state: number }>(queries, 'SELECT state FROM repository WHERE id = ?', [id]);
  return row !== undefined && !isDoomed(row);
}
