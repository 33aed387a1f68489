import type { Logger } from '@quay-observability/logging';
import type { RedisConnection } from '@quay-observability/redis';
import { createJobLog } from './job-log.ts';
import { createJobMetrics, type JobInstruments, type JobMetrics } from './job-metrics.ts';
import { JOB_TIMING, type JobTiming } from './job-timing.ts';
import { keepWorking } from './keep-working.ts';
import { createOperationMeter, type Operation } from './operation-meter.ts';
import type { JobRun } from './run-job.ts';
import type { Schedule } from './schedule.ts';

export type JobsOptions = {
  /** Of the Redis that all replicas share. */
  readonly redis: RedisConnection;
  readonly log: Logger;
  readonly metrics: JobInstruments;
  /** Of every key in Redis: `JOBS_REDIS_PREFIX`. */
  readonly prefix: string;
  readonly timing?: Partial<JobTiming>;
};

export type ScheduledWorkOptions = Operation & {
  /** Whose work it is, and the name of the queue. */
  readonly program: string;
  /** From one tick to the next; the first is due at once, unless replicas work already. */
  readonly everyMs: number;
  /**
   * One tick. Rejects if it failed, and soon after its signal aborts. It may be done twice: by a replica that died in
   * the middle, or lost its lock, and by the one that does it again.
   */
  readonly run: JobRun;
  /** Runs of one tick at most, the first included; 3 unless told. */
  readonly attempts?: number;
  /** Pause after a run that failed; unless told a tenth of the interval, 1 s to 60 s, doubled each time. */
  readonly backoff?: Schedule['backoff'];
  /**
   * The first tick is due whenever the work starts, and the interval counts from there; for work that only one replica
   * has started at a time. Otherwise a replica that starts finds the schedule of the others and keeps it.
   */
  readonly startsAtOnce?: boolean;
  /**
   * While the queue cannot be used, each replica does the work by itself, every interval; for work that several may do
   * at once, and that must not wait for a Redis that is full.
   */
  readonly alsoWithoutQueue?: boolean;
  /** How long a run may go on once the work is to stop, before its signal aborts; 5000 unless told. */
  readonly graceMs?: number;
};

/** Work that an app starts and stops with its owner: an `OwnedWork` of the service kit. */
export type ScheduledWork = {
  /** Resolves at once; the work goes on by itself, and waits while Redis is away. */
  start(): Promise<void>;
  /** Takes nothing new, and waits for the run under way or hands it back; nothing goes on after that. */
  stop(): Promise<void>;
};

/** Work of an app that is done by the clock, once for all of its replicas. */
export type Jobs = {
  scheduledWork(options: ScheduledWorkOptions): ScheduledWork;
};

const GRACE_MS = 5000;

/** The jobs of one app. Nothing is asked of Redis before a work is started. */
export function createJobs(options: JobsOptions): Jobs {
  const { redis, log, metrics, prefix } = options;
  const timing = { ...JOB_TIMING, ...options.timing };
  const measured = createOperationMeter(metrics);
  const metricsOf = new Map<string, JobMetrics>();
  return {
    scheduledWork: (work) => {
      const { program, worker, operation, graceMs = GRACE_MS, attempts = 3 } = work;
      const { startsAtOnce = false, alsoWithoutQueue = false } = work;
      // BullMQ counts whole milliseconds.
      const everyMs = Math.max(1, Math.round(work.everyMs));
      const backoffMs = Math.min(60_000, Math.max(1000, Math.round(everyMs / 10)));
      const { backoff = { type: 'exponential', delayMs: backoffMs } } = work;
      const jobMetrics = metricsOf.get(program) ?? createJobMetrics(metrics, program);
      metricsOf.set(program, jobMetrics);
      const jobLog = createJobLog(log, program);
      const begin = () => {
        const leaving = new AbortController();
        const stopping = new AbortController();
        const ended = keepWorking({
          queue: program,
          prefix,
          redis,
          schedule: { everyMs, attempts, backoff },
          startsAtOnce,
          alsoWithoutQueue,
          run: (signal) => measured({ worker, operation }, () => work.run(signal)),
          timing,
          log: jobLog,
          metrics: jobMetrics,
          leaving: leaving.signal,
          stopping: stopping.signal,
        });
        const stop = async () => {
          const reason = new Error(`the work of ${program} is stopped`);
          leaving.abort(reason);
          const grace = setTimeout(() => stopping.abort(reason), graceMs);
          if (graceMs <= 0) stopping.abort(reason);
          await ended;
          clearTimeout(grace);
        };
        return { stop };
      };

      let current: ReturnType<typeof begin> | undefined;
      return {
        start: () => {
          current ??= begin();
          return Promise.resolve();
        },
        stop: async () => {
          const ending = current;
          current = undefined;
          await ending?.stop();
        },
      };
    },
  };
}
