import { setTimeout as pause } from 'node:timers/promises';
import { isDoomed } from '../repository/lock-repository.ts';
import { MARKED_FOR_DELETION } from '../repository/repository-state.ts';
import type { GcContext } from '../steps/gc-context.ts';
import { isContention } from '../steps/is-contention.ts';
import { rowsOf } from '../steps/run-sql.ts';
import { deleteByGraph } from './delete-by-graph.ts';
import { PurgeBlocked, PurgeHeldUp } from './purge-blocked.ts';
import { purgeContent } from './purge-content.ts';

/** Rows that others have locked are mostly free again within moments: 3 s in all, and then it is somebody's long work. */
const PAUSES_MS = [50, 100, 200, 400, 800, 1500];

/**
 * Deletes a repository that is marked for deletion, with all that refers to it (contract section 8). Done at once if it
 * is gone already. The marker goes with the row, so that an interrupted purge is found again. What others have locked is
 * tried again some times.
 *
 * @throws PurgeBlocked, PurgeHeldUp, the reason of the signal, errors of the database: what is deleted stays deleted, and
 * it can be repeated
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
  for (const pauseMs of [...PAUSES_MS, undefined]) {
    if (await isPurged(context, repositoryId, signal)) {
      context.counters.repositoryPurged();
      return;
    }
    // It may be told to stop meanwhile, which is said by the next step.
    if (pauseMs !== undefined) await pause(pauseMs, undefined, { signal }).catch(() => undefined);
    signal.throwIfAborted();
  }
  throw new PurgeHeldUp(`somebody has locked rows of repository ${repositoryId}`);
}

/** Resolves to whether it could be purged as a whole, as far as locks are concerned. */
async function isPurged(context: GcContext, repositoryId: number, signal: AbortSignal): Promise<boolean> {
  try {
    await purgeContent(context, repositoryId, signal);
    if (await hasContent(context, repositoryId)) return false;
    await deleteByGraph(context, 'repository', [repositoryId], signal, {
      condition: { sql: 'state = ?', values: [MARKED_FOR_DELETION] },
    });
    return true;
  } catch (error) {
    if (!isContention(error)) throw error;
    context.log.debug('The purge of a repository waits for somebody else.', {
      repository: repositoryId,
      error,
    });
    return false;
  }
}

/** All of it goes, whatever it is, but for what was passed over because it was locked. */
async function hasContent({ database }: GcContext, id: number): Promise<boolean> {
  const [row] = await database.write((queries) =>
    rowsOf<{ found: boolean }>(
      queries,
      `SELECT EXISTS (SELECT FROM tag WHERE repository_id = ?)
           OR EXISTS (SELECT FROM manifest WHERE repository_id = ?)
           OR EXISTS (SELECT FROM uploadedblob WHERE repository_id = ?) AS found`,
      [id, id, id],
    ),
  );
  return row?.found === true;
}
