import { purgeNamespace } from '../purge/purge-namespace.ts';
import { purgeRepository } from '../purge/purge-repository.ts';
import type { GcContext } from '../steps/gc-context.ts';
import { rowsOf } from '../steps/run-sql.ts';
import { markerOf } from './marker-of.ts';
import type { ClaimedItem } from './work-queue.ts';

/** The repository that a marker is about; undefined if the marker is gone, and with it the work. */
export async function markedRepository(
  { database }: Pick<GcContext, 'database'>,
  markerId: number,
): Promise<number | undefined> {
  const [marker] = await database.write((queries) =>
    rowsOf<{ repository_id: number }>(queries, 'SELECT repository_id FROM deletedrepository WHERE id = ?', [
      markerId,
    ]),
  );
  return marker?.repository_id;
}

/** The namespace that a marker is about; undefined if the marker is gone, and with it the work. */
export async function markedNamespace(
  { database }: Pick<GcContext, 'database'>,
  markerId: number,
): Promise<{ id: number; originalName: string } | undefined> {
  const [marker] = await database.write((queries) =>
    rowsOf<{ namespace_id: number; original_username: string }>(
      queries,
      'SELECT namespace_id, original_username FROM deletednamespace WHERE id = ?',
      [markerId],
    ),
  );
  return marker === undefined
    ? undefined
    : { id: marker.namespace_id, originalName: marker.original_username };
}

/** Does what an item of `repositorygc` asks for. */
export async function processRepositoryItem(
  context: GcContext,
  { body }: Pick<ClaimedItem, 'body'>,
  signal: AbortSignal,
): Promise<void> {
  const repositoryId = await markedRepository(context, markerOf(body));
  if (repositoryId !== undefined) await purgeRepository(context, repositoryId, signal);
}

/** Does what an item of `namespacegc` asks for. */
export async function processNamespaceItem(
  context: GcContext,
  { body }: Pick<ClaimedItem, 'body'>,
  namespacedQueues: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const namespace = await markedNamespace(context, markerOf(body));
  if (namespace !== undefined) await purgeNamespace(context, namespace, signal, { namespacedQueues });
}
