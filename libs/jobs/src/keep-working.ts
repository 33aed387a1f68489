import { setTimeout as pause } from 'node:timers/promises';
import type { RedisConnection } from '@quay-observability/redis';
import type { JobLog } from './job-log.ts';
import type { JobMetrics } from './job-metrics.ts';
import type { JobTiming } from './job-timing.ts';
import { forgetQueue, watchForDamage } from './damaged-queue.ts';
import { openSession, type QueueSession, type TakenJob } from './queue-session.ts';
import { ABORTED, raceAbort } from './race-abort.ts';
import { runJob, type JobRun, type RunOutcome } from './run-job.ts';
import { clearSchedule, isScheduled, timeOfTick, writeSchedule, type Schedule } from './schedule.ts';

export type KeepWorkingOptions = {
  readonly queue: string;
  readonly prefix: string;
  readonly redis: RedisConnection;
  readonly schedule: Schedule;
  /** Whether the first tick is due now, whatever the schedule in Redis says. */
  readonly startsAtOnce: boolean;
  /** Whether the work is done by this process alone while the queue cannot be used. */
  readonly alsoWithoutQueue: boolean;
  readonly run: JobRun;
  readonly timing: JobTiming;
  readonly log: JobLog;
  readonly metrics: JobMetrics;
  /** Takes nothing new once it aborts. */
  readonly leaving: AbortSignal;
  /** Ends the run under way when it aborts, at the same time or later. */
  readonly stopping: AbortSignal;
};

/** One look at Redis while it is away; the connection itself says when it comes and goes. */
const READY_WAIT_MS = 5000;
/** Nobody here does that, and without a word it would look like an idle queue. */
const PAUSED = 'the queue is paused in Redis, and nothing runs until it is resumed there';
/** Two empty answers in a shorter time are no waiting. */
const QUICK_MS = 20;

/** Takes and runs what is due until it is to leave; while Redis is away it waits. Never rejects. */
export async function keepWorking(options: KeepWorkingOptions): Promise<void> {
  const { leaving, redis, timing, log, metrics } = options;
  // The schedule of this process replaces the one found: once, or replicas of different settings would take turns.
  let isWritten = false;
  // BullMQ tells of some faults by events alone, and answers that there is nothing to do.
  let faults = 0;
  const damage = watchForDamage();
  const fault = (error: unknown) => {
    damage.saw(error);
    log.waits(error);
  };
  let { everyMs: untilRunMs } = options.schedule;
  let lastRunAt = performance.now();
  while (!leaving.aborted) {
    try {
      if ((await raceAbort(redis.whenReady(READY_WAIT_MS), leaving)) === ABORTED) return;
      if (damage.isLasting()) {
        await forgetQueue(redis.client, options);
        damage.madeAnew();
        log.madeAnew();
      }
      const session = await openSession({
        ...options,
        onError: (error) => {
          faults += 1;
          fault(error);
        },
        onStalled: () => {
          metrics.stalled();
          log.stalled();
        },
        onAdvice: log.advice,
      });
      const hide = metrics.show(session.queue);
      try {
        await work(session);
      } finally {
        hide();
        await session.close();
      }
    } catch (error) {
      fault(error);
    }
    await runWithoutQueue();
    await rest(timing.retryMs * (1 + Math.random() / 2), leaving);
  }

  /** Until it is to leave, or there was a fault. */
  async function work(session: QueueSession): Promise<void> {
    let lookAt = -Infinity;
    let quick = 0;
    while (!leaving.aborted) {
      if (performance.now() >= lookAt) {
        const scheduled = await isScheduled(session.queue);
        if (!isWritten || scheduled !== true) {
          if (scheduled === 'ahead' || (!isWritten && options.startsAtOnce))
            await clearSchedule(session.queue);
          await writeSchedule(session.queue, options.schedule);
        }
        if (await session.queue.isPaused()) log.advice(PAUSED);
        isWritten = true;
        lookAt = performance.now() + timing.ensureMs;
      }
      const askedAt = performance.now();
      const faultsBefore = faults;
      const taken = await session.take(leaving);
      // After a fault BullMQ would wait for some seconds, whatever is due.
      if (faults !== faultsBefore && taken === undefined) return;
      if (faults === faultsBefore) log.goesOn();
      if (taken !== undefined) await runTaken(session, taken);
      // BullMQ may answer at once that there is nothing, again and again.
      quick = taken === undefined && performance.now() - askedAt < QUICK_MS ? quick + 1 : 0;
      if (quick > 2) await rest(Math.min(1000, 2 ** quick), leaving);
    }
  }

  async function runTaken({ queue }: QueueSession, taken: TakenJob): Promise<void> {
    const { run, stopping } = options;
    const startedAt = performance.now();
    const tick = timeOfTick(taken.job.id);
    const observed: JobRun = (signal) => {
      if (tick !== undefined && taken.job.attemptsStarted <= 1) metrics.started((Date.now() - tick) / 1000);
      return run(signal);
    };
    const outcome = await runJob({ queue, taken, run: observed, timing, stopping });
    if (outcome.outcome === 'completed') damage.isGone();
    ended(startedAt, outcome);
  }

  async function runWithoutQueue(): Promise<void> {
    const { alsoWithoutQueue, run, stopping } = options;
    const startedAt = performance.now();
    if (!alsoWithoutQueue || leaving.aborted || startedAt < lastRunAt + untilRunMs) return;
    try {
      await run(stopping);
      ended(startedAt, { outcome: 'completed' });
    } catch (error) {
      ended(startedAt, stopping.aborted ? { outcome: 'handed_back' } : { outcome: 'failed', error });
    }
  }

  function ended(startedAt: number, outcome: RunOutcome): void {
    metrics.ended(outcome.outcome, (performance.now() - startedAt) / 1000);
    log.ran(outcome);
    if (outcome.outcome === 'superseded') return;
    const { everyMs, backoff } = options.schedule;
    lastRunAt = performance.now();
    untilRunMs = outcome.outcome === 'completed' ? everyMs : Math.min(everyMs, backoff.delayMs);
  }
}

function rest(ms: number, signal: AbortSignal): Promise<void> {
  return pause(ms, undefined, { signal }).catch(() => undefined);
}
