import { AsyncResource } from 'node:async_hooks';
import type { Database } from '@quay-observability/database';
import type { Logger } from '@quay-observability/logging';
import type { RedisConnection } from '@quay-observability/redis';
import type { NamedPull } from '@quay-observability/registry-counting';
import { checkPull } from './check-pull.ts';
import { findRepositoryIds } from './find-repository-ids.ts';
import { createIdCache } from './id-cache.ts';
import { createLookUps } from './look-ups.ts';
import { createOutcomeLog } from './outcome-log.ts';
import type { PullOutcome, Settle } from './pull-outcome.ts';
import { createPullWriter } from './pull-writer.ts';

/** Counts pulls in Redis, for both runtimes' flushers (contract section 4). */
export type PullTracking = {
  /**
   * Takes over a pull that has succeeded, or counts why not. Does no work, never waits and never throws. An empty
   * digest is counted as `no_digest`.
   */
  track: (pull: NamedPull) => void;
  /** Pulls taken over whose outcome is not known yet. */
  pending(): number;
  /** Takes no more pulls, and waits up to `graceMs` for those it has; what is left then is counted as lost. */
  close(graceMs: number): Promise<void>;
};

/** What is told to be counted. None may throw. */
export type PullTrackingObserver = {
  /** Of every pull given to `track`, exactly once. */
  settled(outcome: PullOutcome, count: number): void;
  /** A batch of pulls went to Redis: its round trip. */
  wrote(seconds: number): void;
  /** The cache of repository ids knew the id, or that there is none, or did not know. */
  cacheHit(): void;
  cacheMiss(): void;
  /** From the pull to the id, the question to the database included. */
  lookedUp(seconds: number): void;
};

export type PullTrackingOptions = {
  readonly redis: Pick<RedisConnection, 'client'>;
  readonly database: Pick<Database, 'read'>;
  /** Whether the database has read replicas. */
  readonly hasReplicas: boolean;
  /** Batches of pulls on their way to Redis at a time: `PULL_METRICS_WORKER_COUNT`. */
  readonly workerCount: number;
  /** Pulls taken over at a time. */
  readonly maxPending: number;
  /** Repositories whose ids are remembered. */
  readonly cacheEntries: number;
  readonly observer: PullTrackingObserver;
  readonly log: Pick<Logger, 'warning'>;
  /** Instead of {@link LIMITS}. */
  readonly limits?: Partial<typeof LIMITS>;
};

const LIMITS = {
  pullsPerBatch: 100,
  lookUpsAtATime: 2,
  repositoriesPerLookUp: 100,
  /** Of connecting to Redis, as Python makes them, and of asking the database. */
  attempts: 3,
  pauseMs: 1000,
  idTtlMs: 60_000,
  absentTtlMs: 5000,
};

/** Pulls of one repository that wait for its id. */
type Waiting = { readonly since: number; readonly pulls: NamedPull[] };

/** Opens nothing, and sends nothing before the first pull. */
export function createPullTracking(options: PullTrackingOptions): PullTracking {
  const { redis, database, hasReplicas, workerCount, maxPending, cacheEntries, observer } = options;
  const limits = { ...LIMITS, ...options.limits };
  const { attempts, pauseMs, idTtlMs: ttlMs, absentTtlMs } = limits;
  const outcomes = createOutcomeLog(options.log);
  const ids = createIdCache({ maxEntries: cacheEntries, ttlMs, absentTtlMs });
  const waiting = new Map<string, Waiting>();
  const idle = Promise.withResolvers<void>();
  let accepted: NamedPull[] = [];
  let pending = 0;
  let isClosed = false;

  const report: Settle = (outcome, count, error) => {
    observer.settled(outcome, count);
    outcomes.settled(outcome, count, error);
  };
  const settle: Settle = (outcome, count, error) => {
    pending -= count;
    report(outcome, count, error);
    if (isClosed && pending === 0) idle.resolve();
  };

  const writer = createPullWriter({
    redis,
    settle,
    wrote: (seconds) => {
      observer.wrote(seconds);
    },
    limits: { concurrency: workerCount, perBatch: limits.pullsPerBatch, attempts, pauseMs },
  });
  const pass = ({ tag, digest, unixSeconds }: NamedPull, repositoryId: number): void => {
    writer.add({ repositoryId, tag, digest, unixSeconds });
  };
  /** Ends the waiting of a repository's pulls. */
  const takeWaiting = (repository: string): readonly NamedPull[] => {
    const { pulls, since } = waiting.get(repository) ?? { pulls: [], since: performance.now() };
    waiting.delete(repository);
    observer.lookedUp((performance.now() - since) / 1000);
    return pulls;
  };
  const lookUps = createLookUps({
    // A replica may lag behind the push of a new repository: what it does not have, the primary is asked for.
    find: async (repositories, attempt) => {
      const allowReplica = hasReplicas && attempt === 1;
      return {
        ids: await findRepositoryIds(database, repositories, { allowReplica }),
        isFinal: !allowReplica,
      };
    },
    onAnswer: (repository, id) => {
      ids.remember(repository, id);
      const pulls = takeWaiting(repository);
      if (id === null) settle('unknown_repository', pulls.length);
      else for (const pull of pulls) pass(pull, id);
      writer.start();
    },
    onFailure: (repository, error) => {
      const id = ids.prolong(repository);
      const pulls = takeWaiting(repository);
      if (id === undefined) settle('database_unavailable', pulls.length, error);
      else for (const pull of pulls) pass(pull, id);
      writer.start();
    },
    limits: {
      concurrency: limits.lookUpsAtATime,
      perQuestion: limits.repositoriesPerLookUp,
      attempts,
      pauseMs,
    },
  });

  const dispatch = (pull: NamedPull): void => {
    const { repository } = pull;
    const others = waiting.get(repository);
    if (others !== undefined) {
      observer.cacheMiss();
      others.pulls.push(pull);
      return;
    }
    const since = performance.now();
    const id = ids.fresh(repository);
    if (id === undefined) {
      observer.cacheMiss();
      waiting.set(repository, { since, pulls: [pull] });
      lookUps.ask(repository);
      return;
    }
    observer.cacheHit();
    if (id === null) settle('unknown_repository', 1);
    else pass(pull, id);
    observer.lookedUp((performance.now() - since) / 1000);
  };

  // All pulls of one turn of the event loop go together, after their answers. They belong to no single request, so
  // that none of its trace may be in what follows.
  const work = AsyncResource.bind((): void => {
    const pulls = accepted;
    accepted = [];
    for (const pull of pulls) {
      const problem = checkPull(pull);
      if (problem === undefined) dispatch(pull);
      else settle(problem, 1);
    }
    lookUps.start();
    writer.start();
  });

  return {
    track(pull) {
      if (isClosed || pending >= maxPending) {
        report(isClosed ? 'shutdown' : 'queue_full', 1);
        return;
      }
      pending += 1;
      if (accepted.push(pull) === 1) setImmediate(work);
    },
    pending: () => pending,
    async close(graceMs) {
      isClosed = true;
      if (pending === 0) idle.resolve();
      const giveUp = setTimeout(() => {
        lookUps.stop();
        settle('shutdown', accepted.splice(0).length);
        for (const { pulls } of waiting.values()) settle('shutdown', pulls.length);
        waiting.clear();
        writer.abandon();
      }, graceMs);
      await idle.promise;
      clearTimeout(giveUp);
      outcomes.close();
    },
  };
}
