import { AsyncResource } from 'node:async_hooks';

/** Asks checks that have failed again by itself, until they pass. */
export type Rechecks = {
  /** A check has run, whoever asked for it. */
  readonly checked: (name: string, healthy: boolean) => void;
  readonly close: () => void;
};

/**
 * Without it the metric of a failure would stay as long as nobody probes, and with several processes as long as no
 * probe happens to reach the process that saw the failure: a prober keeps its connection, which is that of one process.
 *
 * @param run runs a check by its name; never throws
 */
export function createRechecks({ pauseMs, run }: { pauseMs: number; run: (name: string) => void }): Rechecks {
  const timers = new Map<string, NodeJS.Timeout>();
  let isClosed = false;
  // What it asks must not belong to the trace of the probe that found the failure.
  const ask = AsyncResource.bind((name: string) => {
    timers.delete(name);
    run(name);
  });
  return {
    checked: (name, healthy) => {
      clearTimeout(timers.get(name));
      timers.delete(name);
      if (!healthy && !isClosed) timers.set(name, setTimeout(ask, pauseMs, name).unref());
    },
    close: () => {
      isClosed = true;
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
    },
  };
}
