import type { EventEmitter } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { MetricsExport } from '@quay-observability/metrics';
import type { HealthReport } from '@quay-observability/health';
import { unwrap, wrap, type FromWorker, type ToWorker } from './messages.ts';

/** The worker's end of its channel to the primary process, which exposes what it counts. */
export type WorkerLink = {
  /** Begins to tell what is counted, once a second, and to answer questions. */
  begin(exported: MetricsExport, report: () => Promise<HealthReport>): void;
  tell(message: FromWorker): Promise<void>;
  onStop(listener: () => void): void;
  /** Tells everything that is left; resolves when it has left this process, or the channel is gone. */
  finish(): Promise<void>;
  /** For a process that ends at once: tells all that can be told without waiting. */
  tellNow(): void;
};

/** The part of `process` that is a channel. */
export type Channel = Pick<EventEmitter, 'on'> & {
  send?: ((message: unknown, ...rest: never[]) => boolean) | undefined;
};

/** What a worker that is killed loses of its counts, at most. */
const TELL_EVERY_MS = 1000;
/** Series of one message: a few milliseconds at most of either process's time. */
const BATCH_SERIES = 500;

export function createWorkerLink(channel: Channel): WorkerLink {
  let exported: MetricsExport | undefined;
  let telling: Promise<unknown> = Promise.resolve();

  // A primary process that is gone needs no telling; this one ends with the channel.
  const tell = (message: FromWorker): Promise<void> =>
    new Promise((resolve) => {
      const send = channel.send as ((message: unknown, sent: () => void) => boolean) | undefined;
      if (send === undefined) return resolve();
      send.call(channel, wrap(message), () => resolve());
    });
  const tellSeries = async (): Promise<boolean> => {
    for (let some = false; ; some = true) {
      const changes = exported?.takeSeries(BATCH_SERIES);
      if (changes === undefined) return some;
      // Waiting for the channel bounds what is in it, should the primary process hang.
      await tell({ kind: 'series', changes });
      await nextTurn();
    }
  };
  /** One after the other: batches must not overtake each other. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = telling.then(work);
    telling = done.catch(() => undefined);
    return done;
  };
  const tellAll = (): Promise<void> =>
    inTurn(async () => {
      await exported?.collect();
      await tellSeries();
      await tell({ kind: 'runtime', samples: exported?.runtime() ?? [] });
    });

  let waiting = false;
  const tellRegularly = async (): Promise<void> => {
    // What could not be told within the last second is still on its way.
    if (waiting) return;
    waiting = true;
    await inTurn(async () => {
      if (!(await tellSeries())) await tell({ kind: 'alive' });
    }).finally(() => {
      waiting = false;
    });
  };

  let report: (() => Promise<HealthReport>) | undefined;
  let stopAsked = false;
  let onStop: (() => void) | undefined;
  const answer = async ({ question, kind }: Exclude<ToWorker, { kind: 'stop' }>): Promise<void> => {
    if (kind === 'gather') {
      await tellAll();
      await tell({ kind: 'gathered', question });
    } else if (report !== undefined) await tell({ kind: 'report', question, report: await report() });
  };
  // One listener from the start: what comes before there is one is kept, and given to the first.
  channel.on('message', (received: unknown) => {
    const message = unwrap<ToWorker>(received);
    if (message === undefined) return;
    if (message.kind !== 'stop') return void answer(message);
    stopAsked = true;
    onStop?.();
  });

  return {
    begin: (...given) => {
      [exported, report] = given;
      setInterval(() => void tellRegularly(), TELL_EVERY_MS).unref();
    },
    tell,
    onStop: (listener) => {
      onStop = listener;
      if (stopAsked) listener();
    },
    finish: tellAll,
    tellNow: () => {
      for (;;) {
        const changes = exported?.takeSeries(BATCH_SERIES);
        if (changes === undefined) return;
        void tell({ kind: 'series', changes });
      }
    },
  };
}
