import { setTimeout as pause } from 'node:timers/promises';
import { keepLock, LOCK_ANSWERS } from '@quay-observability/redis';
import type { Queue } from 'bullmq';
import type { JobTiming } from './job-timing.ts';
import type { TakenJob } from './queue-session.ts';
import { isSuperseded, timeOfTick } from './schedule.ts';
import { failureOf, storedFailure } from './stored-failure.ts';

export type JobRun = (signal: AbortSignal) => Promise<void>;

/** What became of a run: `quay_job_runs_total`. */
export type RunOutcome =
  | { readonly outcome: 'completed' | 'handed_back' | 'superseded' }
  | { readonly outcome: 'failed' | 'lost'; readonly error: unknown };

export type RunOptions = {
  readonly queue: Queue;
  readonly taken: TakenJob;
  readonly run: JobRun;
  readonly timing: JobTiming;
  /** Aborts when the work is to end, after the time that a run may go on for. */
  readonly stopping: AbortSignal;
};

/**
 * Runs a taken job and tells the queue what became of it. Its lock is renewed meanwhile; the signal of the run aborts
 * when the lock is lost, because somebody else may have the job then, and with `stopping`. A run that rejects after
 * that is handed back for another replica. Never rejects.
 */
export async function runJob(options: RunOptions): Promise<RunOutcome> {
  const { taken, timing, stopping, run, queue } = options;
  const { job, token } = taken;
  const ending = new AbortController();
  let lost: Error | undefined;
  const heldFrom = performance.now();
  const extend = async () =>
    Number(await job.extendLock(token, timing.lockMs)) === 1 ? LOCK_ANSWERS.done : LOCK_ANSWERS.notTheOwner;
  // It may have been on its way to us for a while.
  if ((await extend().catch(() => undefined)) !== LOCK_ANSWERS.done)
    return { outcome: 'lost', error: new Error('the job could not be held') };
  const stopKeeping = keepLock({
    extend,
    heldFrom,
    ttlMs: timing.lockMs,
    renewEveryMs: timing.lockMs / 3,
    onLost: (why) => {
      lost = new Error(`the lock of the job was lost: ${why}`);
      ending.abort(lost);
    },
  });
  const stop = () => ending.abort(stopping.reason);
  stopping.addEventListener('abort', stop);
  if (stopping.aborted) stop();
  const outcome = await carryOut().finally(() => stopping.removeEventListener('abort', stop));
  try {
    if (lost === undefined) await settle(outcome);
  } finally {
    stopKeeping();
  }
  return outcome;

  async function carryOut(): Promise<RunOutcome> {
    const tick = timeOfTick(job.id);
    try {
      if (tick !== undefined && (await isSuperseded(queue, tick))) return { outcome: 'superseded' };
      ending.signal.throwIfAborted();
      await run(ending.signal);
    } catch (error) {
      if (lost !== undefined) return { outcome: 'lost', error: lost };
      return stopping.aborted ? { outcome: 'handed_back' } : { outcome: 'failed', error };
    }
    return lost === undefined ? { outcome: 'completed' } : { outcome: 'lost', error: lost };
  }

  /** Tries until the queue knows, or the lock is lost, or the time of a stop is over. */
  async function settle(ended: RunOutcome): Promise<void> {
    let stoppedAt = Infinity;
    while (lost === undefined) {
      try {
        if (ended.outcome === 'handed_back') await job.moveToWait(token);
        else if (ended.outcome === 'failed')
          await job.moveToFailed(storedFailure(failureOf(ended.error)), token, false);
        else await job.moveToCompleted(ended.outcome, token, false);
        return;
      } catch (error) {
        if (isRefusal(error)) return;
      }
      if (stopping.aborted) stoppedAt = Math.min(stoppedAt, performance.now());
      if (performance.now() - stoppedAt > timing.settleMs) return;
      await pause(Math.min(1000, timing.settleMs / 4));
    }
  }
}

/** BullMQ's negative codes: the job is not ours any more, or not there. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  return typeof error.code === 'number' && error.code < 0;
}
