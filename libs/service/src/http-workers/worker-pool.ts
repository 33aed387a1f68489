import { CodedError } from '@quay-observability/coded-errors';
import type { Logger } from '@quay-observability/logging';
import type { HealthReport } from '@quay-observability/health';
import { mergeReports } from './merge-reports.ts';
import { restartDelayMs } from './restart-delay.ts';
import type { WorkerEnd, WorkerProcess } from './worker-process.ts';

export type WorkerPoolOptions = {
  /** How many workers there are to be. */
  count: number;
  /** Starts one; `onChange` is called when its phase or its silence changes. */
  startWorker: (onChange: () => void) => WorkerProcess;
  log: Logger;
  /** A worker was started in the place of one that ended unasked. */
  onRestart: () => void;
  limits?: WorkerPoolLimits;
};

export type WorkerPoolLimits = {
  /** For the answers of workers to a scrape: less than any scraper waits. */
  readonly gatherMs: number;
  /** For their answers to a probe; their own checks take 2 s at most. */
  readonly reportMs: number;
  /** A worker of which nothing has come for so long is killed and replaced. */
  readonly silentSeconds: number;
  /** One that ends after so long has not been started in vain. */
  readonly settledMs: number;
};

const LIMITS: WorkerPoolLimits = { gatherMs: 1000, reportMs: 2500, silentSeconds: 60, settledMs: 60_000 };

/** A worker ended before all of them had served once: its log lines say why, its exit status is the app's. */
export class WorkerStartFailed extends CodedError {
  readonly status: number;

  constructor({ code, signal }: WorkerEnd) {
    super('WORKER_NOT_STARTED', `A worker could not start (${describeEnd({ code, signal })}).`);
    this.status = code === null || code === 0 ? 1 : code;
  }
}

/** The workers of an app: started, watched over, started again, stopped. */
export type WorkerPool = {
  /** Resolves when all serve. Rejects with {@link WorkerStartFailed}. */
  start(): Promise<void>;
  /** Lets every worker tell what it has counted; within a second, whether it does or not. Never rejects. */
  gather(): Promise<void>;
  report(): Promise<HealthReport>;
  states(): { readonly serving: number; readonly silent: number };
  workers(): readonly WorkerProcess[];
  /** Lets every one read the configuration file; one that is starting may have read it before it changed. */
  hangUp(): void;
  /** Has them finish their work; resolves to whether all ended well. What is left after `limitMs` is killed. */
  stop(limitMs: number): Promise<boolean>;
  /** Ends them at once. */
  kill(): void;
};

export function createWorkerPool(options: WorkerPoolOptions): WorkerPool {
  const { count, startWorker, log, onRestart, limits = LIMITS } = options;
  /** Each with how it will have ended: well or not. */
  const running = new Map<WorkerProcess, Promise<boolean>>();
  const restarts = new Set<NodeJS.Timeout>();
  const told = new Set<WorkerProcess>();
  /** Those that are to be hung up on as soon as they serve: before, the signal might end them. */
  const owed = new Set<WorkerProcess>();
  const allServe = Promise.withResolvers<void>();
  let hasServed = false;
  let stopping = false;
  let ticking: NodeJS.Timeout | undefined;

  const serving = (): WorkerProcess[] => [...running.keys()].filter((worker) => worker.phase() === 'serving');
  const changed = (): void => {
    for (const worker of running.keys()) {
      const fields = { worker: worker.pid };
      if (worker.isSilent() && !told.has(worker)) {
        told.add(worker);
        log.warning('A worker does not answer: what it counted last is exposed.', fields);
      } else if (!worker.isSilent() && told.delete(worker)) log.info('A worker answers again.', fields);
    }
    for (const worker of serving()) if (owed.delete(worker)) worker.hangUp();
    if (serving().length < count || hasServed) return;
    hasServed = true;
    allServe.resolve();
  };
  const start = (endsInARow: number): void => {
    const worker = startWorker(changed);
    running.set(
      worker,
      worker.ended.then((end) => ended(worker, end, endsInARow)),
    );
  };
  const ended = (worker: WorkerProcess, end: WorkerEnd, endsInARow: number): boolean => {
    running.delete(worker);
    told.delete(worker);
    owed.delete(worker);
    if (stopping) return end.code === 0;
    if (!hasServed) {
      allServe.reject(new WorkerStartFailed(end));
      return false;
    }
    const row = performance.now() - worker.startedAtMs < limits.settledMs ? endsInARow + 1 : 1;
    const delayMs = restartDelayMs(row);
    log.error('A worker ended unasked and is started again.', { worker: worker.pid, ...end, delayMs });
    const timer = setTimeout(() => {
      restarts.delete(timer);
      onRestart();
      start(row);
    }, delayMs);
    restarts.add(timer);
    return false;
  };
  const tick = (): void => {
    for (const worker of running.keys()) {
      worker.tick();
      if (worker.silentTicks() !== limits.silentSeconds) continue;
      log.error('A worker hangs and is killed.', { worker: worker.pid, seconds: limits.silentSeconds });
      worker.kill();
    }
  };

  return {
    start: () => {
      // Counted in turns of this process: after a sleep of the whole machine nobody is late.
      ticking = setInterval(tick, 1000);
      for (let at = 0; at < count; at += 1) start(0);
      return allServe.promise;
    },
    gather: async () => {
      // One that is starting is busy with that, and has counted next to nothing.
      const asked = [...running.keys()].filter((worker) => worker.phase() !== 'starting');
      await Promise.all(asked.map((worker) => worker.gather(limits.gatherMs)));
    },
    report: async () => {
      const answers = await Promise.all(serving().map((worker) => worker.report(limits.reportMs)));
      return mergeReports({ wanted: count, reports: answers.filter((answer) => answer !== undefined) });
    },
    states: () => {
      const all = serving();
      const silent = all.filter((worker) => worker.isSilent()).length;
      return { serving: all.length - silent, silent };
    },
    workers: () => [...running.keys()],
    hangUp: () => {
      for (const worker of running.keys()) owed.add(worker);
      changed();
    },
    stop: async (limitMs) => {
      stopping = true;
      allServe.resolve();
      clearInterval(ticking);
      for (const timer of restarts) clearTimeout(timer);
      const ends = [...running.values()];
      for (const worker of running.keys()) worker.stop();
      const timer = setTimeout(() => {
        for (const worker of running.keys()) {
          log.error('A worker did not stop in time and is killed.', { worker: worker.pid });
          worker.kill();
        }
      }, limitMs);
      const outcomes = await Promise.all(ends);
      clearTimeout(timer);
      return outcomes.every(Boolean);
    },
    kill: () => {
      stopping = true;
      for (const worker of running.keys()) worker.kill();
    },
  };
}

function describeEnd({ code, signal }: WorkerEnd): string {
  return signal === null ? `exit status ${code}` : `signal ${signal}`;
}
