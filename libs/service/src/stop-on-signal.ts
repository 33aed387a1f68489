import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@quay-observability/logging';
import { takeOverSignals } from './early-signals.ts';
import type { WorkerLink } from './http-workers/worker-link.ts';
import type { HostProcess } from './run-service.ts';

/** For the last counts to arrive, should the primary process hang. */
const FINISH_LIMIT_MS = 1000;

/** Stops the service on the first signal, and ends the process at once, with what `kill` ends, on the second one. */
export function stopOnSignal(
  host: HostProcess,
  log: Logger,
  stop: () => Promise<boolean>,
  kill: () => void,
): void {
  const exit = exitOf(host, log);
  let stopping = false;
  takeOverSignals((signal) => {
    if (stopping) {
      log.critical('A second signal ends the process at once.', { signal });
      kill();
      return exit(1);
    }
    stopping = true;
    log.info('Stopping.', { signal });
    void stopWith(stop, log).then(exit);
  });
}

/**
 * Stops a worker when it is asked to, by its primary process or a signal. Those come together when a terminal or
 * a supervisor signals the whole group, so that a second one means nothing; in a hurry, the primary process kills.
 */
export function stopWorker(
  host: HostProcess,
  log: Logger,
  stop: () => Promise<boolean>,
  link: WorkerLink,
): void {
  const exit = exitOf(host, log);
  let stopping = false;
  const begin = (signal?: string): void => {
    if (stopping) return;
    stopping = true;
    log.info('A worker is stopping.', signal === undefined ? {} : { signal });
    void stopWith(stop, log).then(async (status) => {
      await Promise.race([link.finish(), sleep(FINISH_LIMIT_MS, undefined, { ref: false })]);
      exit(status);
    });
  };
  takeOverSignals(begin);
  link.onStop(begin);
}

/** The exit status that a stop comes to. */
async function stopWith(stop: () => Promise<boolean>, log: Logger): Promise<number> {
  try {
    return (await stop()) ? 0 : 1;
  } catch (error) {
    log.critical('The shutdown failed.', { error });
    return 1;
  }
}

function exitOf(host: HostProcess, log: Logger): (status: number) => void {
  return (status) => {
    log.flushSync();
    host.exit(status);
  };
}
