import { cancellableReads, type Queries } from '@quay-observability/database';
import { PurgeBlocked } from '../purge/purge-blocked.ts';
import type { GarbageFinder } from '../repository/find-repository.ts';
import { isDoomed } from '../repository/lock-repository.ts';
import { markerOf } from '../queue/marker-of.ts';
import { markedNamespace, markedRepository } from '../queue/process-items.ts';
import type { WorkQueue } from '../queue/work-queue.ts';
import type { GcContext } from '../steps/gc-context.ts';
import { rowsOf } from '../steps/run-sql.ts';
import { planCollection } from './plan-collection.ts';
import { planNamespacePurge, planRepositoryPurge, type PurgePlan } from './plan-purge.ts';

/** Queue items that one round reports. */
const ITEMS_PER_ROUND = 50;

/** A round of GCWORKER that only reports: what a repository drawn at random would lose. */
export async function reportCollection(
  context: GcContext,
  finder: GarbageFinder,
  signal: AbortSignal,
): Promise<void> {
  const { rules, now, log } = context;
  const options = { nowMs: now(), keepImmutable: rules.keepImmutableTags };
  await readOnly(context, signal, async (queries) => {
    const candidate = await finder.find(queries, { ...options, signal });
    if (candidate === undefined) {
      log.info('Dry run: no repository has garbage.');
      return;
    }
    const { repositoryId } = candidate;
    const { rows, files } = await planCollection(queries, repositoryId, options);
    log.info(`Dry run: of repository ${repositoryId} ${describe({ rows, files })} would go.`, {
      ...{ repository: repositoryId, rows, files },
    });
  });
}

/** A round at the queue of repositories that only reports; nothing is claimed. */
export function reportRepositories(context: GcContext, queue: WorkQueue, signal: AbortSignal): Promise<void> {
  return reportItems(context, queue, signal, async (queries, markerId) => {
    const repositoryId = await markedRepository(context, markerId);
    if (repositoryId === undefined) return undefined;
    const [repository] = await rowsOf<{ state: number }>(
      queries,
      'SELECT state FROM repository WHERE id = ?',
      [repositoryId],
    );
    if (repository === undefined) return undefined;
    if (!isDoomed(repository))
      throw new PurgeBlocked(`repository ${repositoryId} is not marked for deletion`);
    return planRepositoryPurge(queries, repositoryId);
  });
}

/** A round at the queue of namespaces that only reports; nothing is claimed. */
export function reportNamespaces(context: GcContext, queue: WorkQueue, signal: AbortSignal): Promise<void> {
  return reportItems(context, queue, signal, async (queries, markerId) => {
    const namespace = await markedNamespace(context, markerId);
    return namespace === undefined ? undefined : planNamespacePurge(queries, namespace);
  });
}

async function reportItems(
  context: GcContext,
  queue: WorkQueue,
  signal: AbortSignal,
  planOf: (queries: Queries, markerId: number) => Promise<PurgePlan | undefined>,
): Promise<void> {
  for (const item of await queue.peek(ITEMS_PER_ROUND)) {
    signal.throwIfAborted();
    try {
      const plan = await readOnly(context, signal, (queries) => planOf(queries, markerOf(item.body)));
      const { rows, files } = plan ?? { rows: {}, files: 0 };
      context.log.info(
        `Dry run: with item ${item.id} of ${queue.name} ${describe({ rows, files })} would go.`,
        {
          ...{ queue: queue.name, item: item.id, rows, files },
        },
      );
    } catch (error) {
      if (signal.aborted) throw error;
      context.log.warning('Dry run: a queue item would fail, or cannot be reported.', {
        ...{ queue: queue.name, item: item.id, error },
      });
    }
  }
}

/** `Tag 3, Manifest 2, 5 files`: the text of a log line has no fields. */
function describe({ rows, files }: PurgePlan): string {
  const counts = Object.entries(rows).filter(([, count]) => count > 0);
  return [...counts.map(([table, count]) => `${table} ${count}`), `${files} files`].join(', ');
}

/** PostgreSQL itself sees to it that a dry run changes nothing. What it reads may take long: a stop cancels it. */
function readOnly<T>(
  { database }: GcContext,
  signal: AbortSignal,
  work: (queries: Queries) => Promise<T>,
): Promise<T> {
  return database.read((queries) => cancellableReads(queries, signal, work));
}
