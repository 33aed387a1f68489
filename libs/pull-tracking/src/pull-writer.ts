import { setTimeout as pause } from 'node:timers/promises';
import { commandFate, runScripts, type RedisConnection } from '@quay-observability/redis';
import { trackPullCall, type PulledManifest } from '@quay-observability/redis-contracts';
import type { Settle } from './pull-outcome.ts';

/** A pull with everything that Redis is told of it. */
export type ReadyPull = PulledManifest & { readonly unixSeconds: number };

/** Writes pulls to Redis in batches: one round trip each, one atomic script a pull. */
export type PullWriter = {
  /** Puts a pull in the queue; `start` must follow. */
  add(pull: ReadyPull): void;
  start(): void;
  /** Gives up what is left, at once: what no Redis has been sent as `shutdown`, the rest as `unanswered`. */
  abandon(): void;
};

export type PullWriterOptions = {
  readonly redis: Pick<RedisConnection, 'client'>;
  readonly settle: Settle;
  /** The round trip of a batch. */
  readonly wrote: (seconds: number) => void;
  readonly limits: WriterLimits;
};

export type WriterLimits = {
  /** Batches at a time. */
  readonly concurrency: number;
  /** Pulls in one batch. */
  readonly perBatch: number;
  readonly attempts: number;
  readonly pauseMs: number;
};

type Batch = { pulls: readonly ReadyPull[]; isSent: boolean };

export function createPullWriter({ redis, settle, wrote, limits }: PullWriterOptions): PullWriter {
  const queue: ReadyPull[] = [];
  const batches = new Set<Batch>();
  const abandoning = new AbortController();

  /** One attempt; resolves to what is to be sent again, because it has not been sent. */
  const send = async (pulls: readonly ReadyPull[]): Promise<{ unsent: ReadyPull[]; error: unknown }> => {
    const started = performance.now();
    const results = await runScripts(
      redis.client,
      pulls.map((pull) => trackPullCall(pull, pull.unixSeconds)),
    );
    const unsent: ReadyPull[] = [];
    let unsentError: unknown;
    // After the end everything has been counted.
    if (abandoning.signal.aborted) return { unsent, error: undefined };
    let tracked = 0;
    for (const [index, { error }] of results.entries()) {
      if (error === undefined) tracked += 1;
      else if (commandFate(error) === 'unsent') {
        unsent.push(pulls[index]!);
        unsentError = error;
      }
      // A pull that Redis may have counted must not be counted again: neither of these is sent a second time.
      else settle(commandFate(error) === 'answered' ? 'refused' : 'unanswered', 1, error);
    }
    if (unsent.length < pulls.length) wrote((performance.now() - started) / 1000);
    if (tracked > 0) settle('tracked', tracked);
    return { unsent, error: unsentError };
  };

  const write = async (batch: Batch): Promise<void> => {
    for (let attempt = 1; ; attempt += 1) {
      batch.isSent = true;
      const { unsent, error } = await send(batch.pulls);
      batch.isSent = false;
      batch.pulls = unsent;
      if (unsent.length === 0) return;
      if (attempt >= limits.attempts) {
        settle('redis_unavailable', unsent.length, error);
        return;
      }
      await pause(limits.pauseMs, undefined, { signal: abandoning.signal }).catch(() => undefined);
      if (abandoning.signal.aborted) return;
    }
  };

  const start = (): void => {
    while (batches.size < limits.concurrency && queue.length > 0) {
      const batch: Batch = { pulls: queue.splice(0, limits.perBatch), isSent: false };
      batches.add(batch);
      void write(batch).finally(() => {
        batches.delete(batch);
        start();
      });
    }
  };

  return {
    add: (pull) => {
      queue.push(pull);
    },
    start,
    abandon: () => {
      abandoning.abort();
      const left = queue.splice(0).length;
      if (left > 0) settle('shutdown', left);
      for (const { pulls, isSent } of batches) settle(isSent ? 'unanswered' : 'shutdown', pulls.length);
      batches.clear();
    },
  };
}
