import type { Queue } from 'bullmq';

/** The one scheduler of a queue; jobs are named `repeat:tick:<the millisecond they are for>`. */
const SCHEDULER = 'tick';
/** Of what ended, for the dashboard. */
const KEPT = { count: 20 };
/** A tick that is overdue for so long and not in the queue is lost. */
const LOST_AFTER_MS = 5000;
/** By so much the clocks of replicas may differ. */
const CLOCKS_DIFFER_MS = 60_000;

export type Schedule = {
  readonly everyMs: number;
  /** Runs of one tick at most, the first included. */
  readonly attempts: number;
  /** Pause before the second; exponential ones double. */
  readonly backoff: { readonly type: 'fixed' | 'exponential'; readonly delayMs: number };
};

/**
 * Writes the schedule into the queue: the one that was there is replaced, and its next tick stays where it was if the
 * interval is the same. The first tick, and the first of another interval, is due at once.
 */
export async function writeSchedule(queue: Queue, { everyMs, attempts, backoff }: Schedule): Promise<void> {
  // Of all replicas together: a tick never begins while the one before is at work.
  await queue.setGlobalConcurrency(1);
  const found = await queue.getJobScheduler(SCHEDULER);
  // BullMQ would keep its offset, by which every tick is late, and which may be longer than the new interval.
  if (found !== undefined && found.every !== everyMs) await clearSchedule(queue);
  await queue.upsertJobScheduler(
    SCHEDULER,
    { every: everyMs },
    {
      name: SCHEDULER,
      opts: {
        attempts,
        backoff: { type: backoff.type, delay: backoff.delayMs },
        removeOnComplete: KEPT,
        removeOnFail: KEPT,
        stackTraceLimit: 0,
      },
    },
  );
}

/** Forgets the schedule and its next tick, so that the first tick of the one written next is due at once. */
export async function clearSchedule(queue: Queue): Promise<void> {
  await queue.removeJobScheduler(SCHEDULER);
}

/**
 * Whether the queue goes on by itself: Redis may have lost its data, or a replica have died between a tick and the next.
 * `ahead`: only at a moment that no clock is to be at by now, so that the schedule has to be cleared.
 */
export async function isScheduled(queue: Queue, now = Date.now()): Promise<boolean | 'ahead'> {
  const scheduler = await queue.getJobScheduler(SCHEDULER);
  if (typeof scheduler?.next !== 'number') return false;
  if ((await queue.getGlobalConcurrency()) !== 1) return false;
  if (scheduler.next > now + (scheduler.every ?? 0) + CLOCKS_DIFFER_MS) return 'ahead';
  if (scheduler.next > now - LOST_AFTER_MS) return true;
  const next = await queue.getJob(`repeat:${SCHEDULER}:${scheduler.next}`);
  const state = await next?.getState();
  return state === 'waiting' || state === 'active' || state === 'delayed';
}

/** Whether a later tick is due already: of ticks that were missed, one run is enough. */
export async function isSuperseded(queue: Queue, tick: number, now = Date.now()): Promise<boolean> {
  const scheduler = await queue.getJobScheduler(SCHEDULER);
  const next = scheduler?.next ?? 0;
  return next > tick && next <= now;
}

/** The millisecond that a tick is for. */
export function timeOfTick(jobId: string | undefined): number | undefined {
  const digits = /^repeat:tick:(\d+)$/.exec(jobId ?? '')?.[1];
  return digits === undefined ? undefined : Number(digits);
}
