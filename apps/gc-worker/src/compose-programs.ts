import type { Database } from '@quay-observability/database';
import { createOperationMeter, type Jobs } from '@quay-observability/jobs';
import type { Logger } from '@quay-observability/logging';
import type { Metrics } from '@quay-observability/metrics';
import type { Program } from '@quay-observability/owner-switch';
import type { QuayConfig } from '@quay-observability/quay-config';
import type { GlobalLocks } from '@quay-observability/redis';
import type { OwnedProgram, OwnedWork } from '@quay-observability/service';
import { settleOverdue } from './cleanup/settle-overdue.ts';
import { reportCollection, reportNamespaces, reportRepositories } from './dry-run/report-plans.ts';
import { createGcMetrics } from './gc-metrics.ts';
import { collectOnce } from './programs/collect-once.ts';
import { gcRules } from './programs/gc-rules.ts';
import { createRoundGuard, toleratingContention, type Operation } from './programs/guarded-round.ts';
import { idleWork, whyIdle } from './programs/idle-work.ts';
import { runRounds, type Round } from './programs/run-rounds.ts';
import { sideBySide } from './programs/side-by-side.ts';
import { createTurns } from './programs/take-turns.ts';
import { pollQueue } from './queue/poll-queue.ts';
import { processNamespaceItem, processRepositoryItem } from './queue/process-items.ts';
import { createGarbageFinder } from './repository/find-repository.ts';
import { createWorkQueue, type ClaimedItem, type WorkQueue } from './queue/work-queue.ts';
import type { FileRemover, GcContext } from './steps/gc-context.ts';

/** Queues of Quay whose items are named after a namespace (`app.py`), beside the one for repositories. */
const NAMESPACED_QUEUES = ['dockerfilebuild', 'notification'];

export type ProgramsOptions = {
  readonly config: QuayConfig;
  readonly database: Database;
  readonly locks: Pick<GlobalLocks, 'withLock'>;
  readonly jobs: Jobs;
  readonly stores: ReadonlyMap<string, FileRemover>;
  readonly metrics: Metrics<'gc-worker'>;
  readonly log: Logger;
  /** Whether rounds only report what would go. */
  readonly dryRun: boolean;
  /** From one look at a queue to the next, in seconds. */
  readonly queuePollSeconds: number;
  /** How long a removal that was not answered may still happen, in milliseconds. */
  readonly doubtMs: number;
};

/** The three programs, each with its rounds (contract section 8). */
export function composePrograms(options: ProgramsOptions): OwnedProgram[] {
  const { config, database, locks, jobs, stores, metrics, log, dryRun, queuePollSeconds, doubtMs } = options;
  const gcMetrics = createGcMetrics(metrics);
  const guard = createRoundGuard(createOperationMeter(metrics), log);
  const inTurn = createTurns();
  const { counters } = gcMetrics;
  const context: GcContext = {
    ...{ database, locks, stores, counters, log },
    rules: gcRules(config),
    doubtMs,
    now: Date.now,
  };

  /** Rounds that the replicas share; a dry run leaves these to those that delete, and has its own. */
  const rounds = (
    program: Program,
    operation: Operation,
    everyMs: number,
    { collect, report }: { readonly collect: Round; readonly report: Round },
  ): OwnedWork => {
    if (dryRun) return runRounds([{ intervalMs: everyMs, round: guard(operation, report) }]);
    const run = toleratingContention(operation, collect, log);
    // A round can be left at any step, and the next goes on from there.
    return jobs.scheduledWork({ program, ...operation, everyMs, run, graceMs: 0 });
  };

  const queueWork = (
    program: Program,
    name: string,
    worker: Operation['worker'],
    work: (item: ClaimedItem, held: AbortSignal) => Promise<void>,
    report: (context: GcContext, queue: WorkQueue, signal: AbortSignal) => Promise<void>,
  ): OwnedWork => {
    const queue = createWorkQueue({
      database,
      name,
      now: context.now,
      onGet: (availability) => gcMetrics.queueGet(name, availability),
    });
    const poll = rounds(program, { worker, operation: 'poll_queue' }, queuePollSeconds * 1000, {
      collect: (signal) =>
        inTurn(signal, async () => {
          await settleOverdue(context, signal);
          await pollQueue({ queue, locks, log, work }, signal);
        }),
      report: (signal) => report(context, queue, signal),
    });
    const measure = guard({ worker, operation: 'update_queue_metrics' }, async () =>
      gcMetrics.queueState(name, await queue.state()),
    );
    // Each replica shows the gauges.
    const measuring = runRounds([{ intervalMs: config.queues.metricsRefreshSeconds * 1000, round: measure }]);
    return sideBySide([poll, measuring]);
  };

  const collection = { worker: 'GarbageCollectionWorker', operation: '_garbage_collection_repos' } as const;
  const finder = createGarbageFinder();
  const { repositoryGcName, namespaceGcName } = config.queues;
  const { enabled, repositoryGcEnabled, namespaceGcEnabled, intervalSeconds } = config.garbageCollection;
  const program = (name: Program, feature: string, isEnabled: boolean, work: () => OwnedWork) => {
    const why = whyIdle(config) ?? (isEnabled ? undefined : `${feature} is off`);
    return { program: name, work: why === undefined ? work() : idleWork(log, name, why) };
  };
  const notifying: OwnedProgram = {
    program: 'GCWORKER',
    missing: 'with FEATURE_IMAGE_EXPIRY_TRIGGER it has to send notifications too, which it cannot yet',
  };
  const collecting = () =>
    program('GCWORKER', 'FEATURE_GARBAGE_COLLECTION', enabled, () =>
      rounds('GCWORKER', collection, intervalSeconds * 1000, {
        collect: (signal) => collectOnce(context, { finder, onIteration: gcMetrics.iteration }, signal),
        report: (signal) => reportCollection(context, finder, signal),
      }),
    );
  return [
    config.garbageCollection.imageExpiryTrigger ? notifying : collecting(),
    program('REPOSITORYGCWORKER', 'FEATURE_REPOSITORY_GARBAGE_COLLECTION', repositoryGcEnabled, () =>
      queueWork(
        'REPOSITORYGCWORKER',
        repositoryGcName,
        'RepositoryGCWorker',
        (item, held) => processRepositoryItem(context, item, held),
        reportRepositories,
      ),
    ),
    program('NAMESPACEGCWORKER', 'FEATURE_NAMESPACE_GARBAGE_COLLECTION', namespaceGcEnabled, () =>
      queueWork(
        'NAMESPACEGCWORKER',
        namespaceGcName,
        'NamespaceGCWorker',
        (item, held) => processNamespaceItem(context, item, [...NAMESPACED_QUEUES, repositoryGcName], held),
        reportNamespaces,
      ),
    ),
  ];
}
