import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Queue, Worker, type Job } from 'bullmq';
import type { RedisConnection } from '@quay-observability/redis';
import { adviseOnRedis } from './redis-advice.ts';
import type { JobTiming } from './job-timing.ts';
import { ABORTED, raceAbort } from './race-abort.ts';

/** Kept of what ended, for the dashboard. */
const KEPT_EVENTS = 100;
/** A late answer of an interrupted wait is dealt with for so long. */
const INTERRUPT_MS = 2000;
const OPEN_MS = 10_000;

export type SessionOptions = {
  readonly queue: string;
  readonly prefix: string;
  readonly redis: RedisConnection;
  readonly timing: JobTiming;
  readonly onError: (error: Error) => void;
  readonly onStalled: () => void;
  readonly onAdvice: (advice: string) => void;
};

/** A job in this replica's hands, with the token of its lock. */
export type TakenJob = { readonly job: Job; readonly token: string };

/** One queue, as long as nothing goes wrong with it. */
export type QueueSession = {
  readonly queue: Queue;
  /**
   * Waits some seconds for a job. Rejects if the queue cannot be asked, or says nothing in time: then the session is
   * of no more use. A job that arrives after the signal goes back.
   */
  take(signal: AbortSignal): Promise<TakenJob | undefined>;
  /** Ends within seconds, whatever the state of Redis. */
  close(): Promise<void>;
};

/**
 * Opens a queue on a connection that is ready, and looks for stalled jobs from then on. BullMQ's own loop is not
 * used: it lets a run go on whose lock it cannot renew, and may never end while Redis is silent.
 */
export async function openSession(options: SessionOptions): Promise<QueueSession> {
  const { redis, prefix, timing, onError } = options;
  const skipVersionCheck = await adviseOnRedis(redis.client, options.onAdvice);
  // Not duplicated for ordinary commands: those have the limits of the connection.
  const shared = { connection: redis.client, prefix, skipVersionCheck };
  const queue = new Queue(options.queue, { ...shared, streams: { events: { maxLen: KEPT_EVENTS } } });
  const worker = new Worker(options.queue, null, {
    ...shared,
    autorun: false,
    // A replica that dies is no fault of the job.
    maxStalledCount: Number.MAX_SAFE_INTEGER,
    lockDuration: timing.lockMs,
    stalledInterval: timing.stalledMs,
  });
  queue.on('error', onError);
  worker.on('error', onError);
  worker.on('stalled', options.onStalled);

  const close = async () => {
    await Promise.all([settled(worker.close(true)), settled(queue.close())]);
  };
  try {
    await within(worker.waitUntilReady(), OPEN_MS);
    await within(worker.startStalledCheckTimer(), OPEN_MS);
  } catch (error) {
    await close();
    throw error;
  }

  const take = async (signal: AbortSignal): Promise<TakenJob | undefined> => {
    const token = randomUUID();
    const taking = worker.getNextJob(token);
    const job = await within(raceAbort(taking, signal), timing.silenceMs).catch(async (error: unknown) => {
      void handBackLate(taking, token);
      await settled(worker.close(true));
      throw error;
    });
    if (job !== ABORTED) return job === undefined ? undefined : { job, token };
    // Ends the wait.
    await settled(worker.close(true));
    await settled(handBackLate(taking, token));
    return undefined;
  };
  return { queue, take, close };
}

async function handBackLate(taking: Promise<Job | undefined>, token: string): Promise<void> {
  const job = await taking.catch(() => undefined);
  // What cannot be handed back is recovered as stalled.
  await job?.moveToWait(token).catch(() => undefined);
}

async function settled(promise: Promise<unknown>): Promise<void> {
  await Promise.race([promise.catch(() => undefined), pause(INTERRUPT_MS, undefined, { ref: false })]);
}

async function within<T>(promise: Promise<T>, limitMs: number): Promise<T> {
  const limit = new AbortController();
  try {
    return await Promise.race([
      promise,
      pause(limitMs, undefined, { signal: limit.signal }).then(() => {
        throw new Error(`the queue did not answer within ${limitMs / 1000} s`);
      }),
    ]);
  } finally {
    limit.abort();
  }
}
