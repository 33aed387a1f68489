import type { Worker } from 'node:cluster';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { MetricSource } from '@quay-observability/metrics';
import type { HealthReport } from '@quay-observability/health';
import { unwrap, wrap, type FromWorker, type ToWorker } from './messages.ts';

/** How a worker ended. */
export type WorkerEnd = { readonly code: number | null; readonly signal: string | null };

/** A worker as the primary process sees it. */
export type WorkerProcess = {
  readonly pid: number;
  readonly startedAtMs: number;
  /** `serving` from the time it has opened its listener until it begins to stop. */
  phase(): 'starting' | 'serving' | 'stopping';
  publicUrl(): string | undefined;
  /** Has not answered a question in time, and not since. */
  isSilent(): boolean;
  /** Seconds on end in which nothing came from it, as counted by `tick`. */
  silentTicks(): number;
  tick(): void;
  /** Resolves when it has told all it has counted, or the time is over; at once if it is silent. */
  gather(limitMs: number): Promise<void>;
  /** Undefined if it does not answer in time. */
  report(limitMs: number): Promise<HealthReport | undefined>;
  /** Lets it read the configuration file. */
  hangUp(): void;
  stop(): void;
  kill(): void;
  /** Resolves when it is gone and all it has told has been read. */
  readonly ended: Promise<WorkerEnd>;
};

export type WorkerProcessOptions = {
  worker: Worker;
  source: MetricSource;
  onChange: () => void;
};

const CHANNEL_POLL_MS = 5;

/** Listens to a worker that has just been forked, and asks it. */
export function followWorker({ worker, source, onChange }: WorkerProcessOptions): WorkerProcess {
  const { process: child } = worker;
  const questions = new Map<number, (report: HealthReport | undefined) => void>();
  const overdue = new Set<number>();
  let next = 0;
  let phase: 'starting' | 'serving' | 'stopping' = 'starting';
  let publicUrl: string | undefined;
  let ticks = 0;

  const answered = (question: number, report?: HealthReport): void => {
    questions.get(question)?.(report);
    questions.delete(question);
    if (overdue.delete(question) && overdue.size === 0) onChange();
  };
  const take = (message: FromWorker): void => {
    ticks = 0;
    switch (message.kind) {
      case 'series':
        return source.applySeries(message.changes);
      case 'runtime':
        return source.applyRuntime(message.samples);
      case 'serving':
        phase = 'serving';
        publicUrl = message.publicUrl;
        return onChange();
      case 'stopping':
        phase = 'stopping';
        return onChange();
      case 'gathered':
        return answered(message.question);
      case 'report':
        return answered(message.question, message.report);
      case 'alive':
    }
  };
  worker.on('message', (received: unknown) => {
    const message = unwrap<FromWorker>(received);
    if (message !== undefined) take(message);
  });
  // A channel that breaks while something is sent: `ended` tells the rest.
  worker.on('error', () => undefined);
  const tell = (message: ToWorker): void => {
    if (worker.isConnected()) worker.send(wrap(message), () => undefined);
  };
  const ask = (kind: 'gather' | 'report', limitMs: number): Promise<HealthReport | undefined> => {
    if (overdue.size > 0 || !worker.isConnected()) return Promise.resolve(undefined);
    const question = next++;
    const { promise, resolve } = Promise.withResolvers<HealthReport | undefined>();
    const timer = setTimeout(() => {
      overdue.add(question);
      onChange();
      resolve(undefined);
    }, limitMs);
    questions.set(question, (report) => {
      clearTimeout(timer);
      resolve(report);
    });
    tell({ kind, question });
    return promise;
  };
  const ended = (async (): Promise<WorkerEnd> => {
    const [code, signal] = (await once(worker, 'exit')) as [number | null, string | null];
    // The exit may be noticed before the last messages are read; the channel ends after them. Not waited for by its
    // event: that never comes if the worker was killed while a connection was being handed to it.
    while (worker.isConnected()) await delay(CHANNEL_POLL_MS);
    for (const question of [...questions.keys()]) answered(question);
    source.end();
    return { code, signal };
  })();

  return {
    pid: child.pid ?? 0,
    startedAtMs: performance.now(),
    phase: () => phase,
    publicUrl: () => publicUrl,
    isSilent: () => overdue.size > 0,
    silentTicks: () => ticks,
    tick: () => {
      ticks += 1;
    },
    gather: async (limitMs) => void (await ask('gather', limitMs)),
    report: (limitMs) => ask('report', limitMs),
    hangUp: () => {
      child.kill('SIGHUP');
    },
    stop: () => {
      tell({ kind: 'stop' });
    },
    kill: () => {
      child.kill('SIGKILL');
    },
    ended,
  };
}
