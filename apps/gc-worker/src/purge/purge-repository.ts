import { isDoomed } from '../repository/lock-repository.ts';
import { MARKED_FOR_DELETION } from '../repository/repository-state.ts';
import type { GcContext } from '../steps/gc-context.ts';
import { rowsOf } from '../steps/run-sql.ts';
import { deleteByGraph } from './delete-by-graph.ts';
import { PurgeBlocked } from './purge-blocked.ts';
import { purgeContent } from './purge-content.ts';

/**
 * Deletes a repository that is marked for deletion, with all that refers to it (contract section 8). Done at once if it
 * is gone already. The marker goes with the row, so that an interrupted purge is found again.
 *
 * @throws PurgeBlocked, the reason of the signal, errors of the database: what is deleted stays deleted, and it can be
 * repeated
 */
export async function purgeRepository(
  context: GcContext,
  repositoryId: number,
  signal: AbortSignal,
): Promise<void> {
  const [repository] = await context.database.write((queries) =>
    rowsOf<{ state: number }>(queries, 'SELECT state FROM repository WHERE id = ?', [repositoryId]),
  );
  if (repository === undefined) return;
  if (!isDoomed(repository)) throw new PurgeBlocked(`repository ${repositoryId} is not marked for deletion`);
  await purgeContent(context, repositoryId, signal);
  await deleteByGraph(context, 'repository', [repositoryId], signal, {
    condition: `state = ${MARKED_FOR_DELETION}`,
  });
  context.counters.repositoryPurged();
}
