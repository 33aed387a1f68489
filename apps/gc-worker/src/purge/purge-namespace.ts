import type { Queries } from '@quay-observability/database';
import { CLIENT_ENUMS } from '@quay-observability/quay-schema';
import { MARKED_FOR_DELETION } from '../repository/repository-state.ts';
import { commitStep } from '../steps/commit-step.ts';
import type { GcContext } from '../steps/gc-context.ts';
import { changedBy, rowsOf } from '../steps/run-sql.ts';
import { deleteByGraph } from './delete-by-graph.ts';
import { escapeLike } from './escape-like.ts';
import { robotOf, robotsOf, type DoomedNamespace } from './namespace-robots.ts';
import { PurgeBlocked, PurgeHeldUp } from './purge-blocked.ts';
import { purgeRepository } from './purge-repository.ts';

const CHUNK = 500;
const { NORMAL, ORG_MIRROR } = CLIENT_ENUMS.RepositoryState;

export type NamespacePurgeOptions = {
  /** Queues whose items are named `queue/namespace/...`. */
  readonly namespacedQueues: readonly string[];
};

/**
 * Deletes a namespace that is marked for deletion: its repositories, what is linked to it, its robots, then the account
 * with its marker (contract section 8).
 *
 * @throws as `purgeRepository`, and can be repeated like it
 */
export async function purgeNamespace(
  context: GcContext,
  namespace: DoomedNamespace,
  signal: AbortSignal,
  { namespacedQueues }: NamespacePurgeOptions,
): Promise<void> {
  const { id } = namespace;
  await disable(context, id, signal);
  await dropQueueItems(context, id, namespacedQueues, signal);
  await purgeRepositories(context, id, signal);
  await commitStep(context, signal, ({ queries }) =>
    changedBy(
      queries,
      `UPDATE repository SET state = ${NORMAL}
        WHERE state = ${ORG_MIRROR} AND id IN (
          SELECT repository_id FROM orgmirrorrepository
            JOIN orgmirrorconfig ON orgmirrorconfig.id = org_mirror_config_id WHERE organization_id = ?)`,
      [id],
    ),
  );
  // Mirrors name a robot of their own organisation, which therefore goes after them.
  await deleteOrgMirror(context, id, signal);
  const guard = (queries: Queries) => holdMarker(queries, id);
  for (;;) {
    const robots = await context.database.write((queries) => robotsOf(queries, namespace, CHUNK));
    if (robots.length === 0) break;
    await deleteByGraph(context, 'user', robots, signal, { condition: robotOf(namespace), guard });
  }
  await deleteByGraph(context, 'user', [id], signal, {
    condition: { sql: 'NOT enabled', values: [] },
    guard,
  });
  context.counters.namespacePurged();
}

function disable(context: GcContext, id: number, signal: AbortSignal): Promise<number> {
  return commitStep(context, signal, async ({ queries }) => {
    await holdMarker(queries, id);
    return changedBy(queries, 'UPDATE "user" SET enabled = false WHERE id = ? AND enabled', [id]);
  });
}

/** Who takes the marker away restores the namespace: from then on nothing of it may be marked. */
async function holdMarker(queries: Queries, id: number): Promise<void> {
  const locked = await rowsOf(queries, 'SELECT FROM deletednamespace WHERE namespace_id = ? FOR SHARE', [id]);
  if (locked.length > 0) return;
  const accounts = await rowsOf(queries, 'SELECT FROM "user" WHERE id = ?', [id]);
  if (accounts.length > 0) throw new PurgeBlocked(`namespace ${id} is not marked for deletion (any more)`);
}

async function dropQueueItems(
  context: GcContext,
  id: number,
  queues: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  for (const queue of queues)
    await commitStep(context, signal, async ({ queries }) => {
      // A namespace that has been restored has its old name again, and items that it needs.
      await holdMarker(queries, id);
      const [account] = await rowsOf<{ username: string }>(
        queries,
        'SELECT username FROM "user" WHERE id = ?',
        [id],
      );
      if (account === undefined) return;
      await changedBy(queries, 'DELETE FROM queueitem WHERE queue_name LIKE ?', [
        `${escapeLike(`${queue}/${account.username}/`)}%`,
      ]);
    });
}

async function purgeRepositories(context: GcContext, id: number, signal: AbortSignal): Promise<void> {
  for (let marked = 1; marked > 0;)
    marked = await commitStep(context, signal, async ({ queries }) => {
      await holdMarker(queries, id);
      return changedBy(
        queries,
        `UPDATE repository SET state = ${MARKED_FOR_DELETION} WHERE id = ANY(ARRAY(
           SELECT id FROM repository
            WHERE namespace_user_id = ? AND state <> ${MARKED_FOR_DELETION} LIMIT ${CHUNK}))`,
        [id],
      );
    });
  let blocked: PurgeBlocked | undefined;
  for (let after: string | undefined = ''; after !== undefined;) {
    const from: string = after;
    const rows = await context.database.write((queries) =>
      rowsOf<{ id: number; name: string }>(
        queries,
        `SELECT id, name FROM repository WHERE namespace_user_id = ? AND name > ? ORDER BY name LIMIT ${CHUNK}`,
        [id, from],
      ),
    );
    for (const row of rows) {
      try {
        await purgeRepository(context, row.id, signal);
      } catch (error) {
        // One that cannot go now keeps none of the others.
        if (!(error instanceof PurgeBlocked)) throw error;
        if (blocked === undefined || blocked instanceof PurgeHeldUp) blocked = error;
      }
    }
    after = rows.at(-1)?.name;
  }
  if (blocked !== undefined) throw blocked;
}

async function deleteOrgMirror(context: GcContext, id: number, signal: AbortSignal): Promise<void> {
  const rows = await context.database.write((queries) =>
    rowsOf<{ id: number }>(queries, 'SELECT id FROM orgmirrorconfig WHERE organization_id = ?', [id]),
  );
  if (rows.length > 0)
    await deleteByGraph(
      context,
      'orgmirrorconfig',
      rows.map((row) => row.id),
      signal,
      {
        condition: { sql: 'organization_id = ?', values: [id] },
        guard: (queries) => holdMarker(queries, id),
      },
    );
}
