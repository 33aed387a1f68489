import type { Logger } from '@quay-observability/logging';
import { runEvery, type ComposedApp, type OwnedWork } from '@quay-observability/service';
import type { BatchStore } from './batch-store.ts';
import type { RecoverBatches } from './recover-batches.ts';

export type LeftoversOptions = {
  readonly batches: Pick<BatchStore, 'handBack' | 'release'>;
  readonly recoverBatches: RecoverBatches;
  readonly log: Pick<Logger, 'debug'>;
  readonly intervalMs: number;
};

/** Looks for batches that a crash has left, whenever the work is not done here. */
export type Leftovers = Pick<ComposedApp, 'start' | 'stop'> & {
  /** While this work is done, it takes care of them itself. */
  readonly except: (work: OwnedWork) => OwnedWork;
};

const RETRY_MS = 5000;

/**
 * After a crash and a rollback to Python nobody would know of a batch that was claimed: Python sees only keys of pull
 * events. So an idle app hands such batches back, or removes them if they are written, whoever is the owner.
 */
export function createLeftovers({ batches, recoverBatches, log, intervalMs }: LeftoversOptions): Leftovers {
  const stopping = new AbortController();
  let isWorking = false;
  let ended = Promise.resolve();
  const look = async (): Promise<boolean> => {
    if (isWorking) return true;
    try {
      await recoverBatches(async (batch) => {
        try {
          await batches.handBack(batch);
          return {};
        } finally {
          batches.release(batch);
        }
      }, stopping.signal);
      return true;
    } catch (error) {
      // The connections themselves tell what is away.
      log.debug('Batches that were left could not be looked for.', { error });
      return false;
    }
  };
  return {
    except: (work) => ({
      start: async () => {
        await work.start();
        isWorking = true;
      },
      stop: async () => {
        await work.stop();
        isWorking = false;
      },
    }),
    start: () => {
      ended = runEvery({ intervalMs, retryMs: RETRY_MS, signal: stopping.signal }, look);
      return Promise.resolve();
    },
    stop: async () => {
      stopping.abort();
      await ended;
    },
  };
}
