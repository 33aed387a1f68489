import { createDatabase } from '@quay-observability/database';
import { createLogger } from '@quay-observability/logging';
import { createGlobalLocks, createRedis } from '@quay-observability/redis';
import { overdueCleanups } from '../../src/cleanup/cleanup-store.ts';
import { settleCleanup } from '../../src/cleanup/settle-cleanup.ts';
import { purgeNamespace } from '../../src/purge/purge-namespace.ts';
import { purgeRepository } from '../../src/purge/purge-repository.ts';
import { collectRepository } from '../../src/repository/collect-repository.ts';
import type { GcContext, GcRules } from '../../src/steps/gc-context.ts';
import { createFileStores } from './file-stores.ts';
import { NOW_MS } from './random-registry.ts';

/** What a process is told to do, as JSON on its command line. */
export type ProcessTask = {
  readonly uri: string;
  readonly redisPort: number;
  readonly root: string;
  readonly rules: GcRules;
  readonly work:
    | { readonly collect: number }
    | { readonly repository: number }
    | { readonly namespace: { readonly id: number; readonly originalName: string } };
};

/** Long enough after the registry's moment that every cleanup is overdue. */
const LATER_MS = 3600_000;

const { uri, redisPort, root, rules, work } = JSON.parse(process.argv[2] ?? '') as ProcessTask;
const database = createDatabase({ primary: { uri, connectionArgs: {} }, applicationName: 'killed' });
const redis = createRedis({
  settings: { host: '127.0.0.1', port: redisPort, db: 0, connectTimeoutMs: 1000, commandTimeoutMs: 5000 },
  name: 'USER_EVENTS_REDIS',
});
await redis.whenReady(5000);
const context: GcContext = {
  database,
  locks: createGlobalLocks(redis),
  stores: createFileStores(root, ['local_eu', 'local_us']).stores,
  rules,
  doubtMs: 1,
  counters: {
    rowsDeleted: () => undefined,
    blobRemoved: () => undefined,
    cleanupPostponed: () => undefined,
    repositoryPurged: () => undefined,
    namespacePurged: () => undefined,
  },
  log: createLogger({ name: 'killed', json: false, debug: false, stream: process.stderr }),
  now: () => NOW_MS,
};
const { signal } = new AbortController();
process.stdout.write('begins\n');
const overdue = await database.write((queries) => overdueCleanups(queries, NOW_MS + LATER_MS, 1000));
for (const id of overdue) await settleCleanup(context, id, signal);
if ('collect' in work) await collectRepository(context, work.collect, signal);
if ('repository' in work) await purgeRepository(context, work.repository, signal);
if ('namespace' in work)
  await purgeNamespace(context, work.namespace, signal, {
    namespacedQueues: ['dockerfilebuild', 'notification', 'repositorygc'],
  });
process.stdout.write('done\n');
await Promise.all([redis.close(), database.close(500)]);
