import { setTimeout as pause } from 'node:timers/promises';
import { JOB_OUTCOMES, JOB_STATES, type WorkerApp } from '@quay-observability/metric-catalogue';
import type { Metrics } from '@quay-observability/metrics';
import type { Queue } from 'bullmq';
import type { RunOutcome } from './run-job.ts';

export type JobInstruments = Pick<Metrics<WorkerApp>, 'counter' | 'gauge' | 'histogram'>;

/** The metrics of one queue. */
export type JobMetrics = {
  /** `seconds` from the moment that the job was for. */
  started(afterSeconds: number): void;
  ended(outcome: RunOutcome['outcome'], seconds: number): void;
  stalled(): void;
  /** Shows the jobs of this queue at every scrape, until the returned function is called or another is shown. */
  readonly show: (queue: Queue) => () => void;
};

/** A scrape does not wait longer for Redis. */
const COUNT_LIMIT_MS = 1000;

export function createJobMetrics(metrics: JobInstruments, queueName: string): JobMetrics {
  const labels = { queue: queueName };
  const runs = metrics.counter('quay_job_runs_total');
  const durations = metrics.histogram('quay_job_run_duration_seconds');
  const delays = metrics.histogram('quay_job_start_delay_seconds');
  const stalled = metrics.counter('quay_job_stalled_total');
  const lastSuccess = metrics.gauge('quay_job_last_success_timestamp_seconds');
  const jobs = metrics.gauge('quay_job_queue_jobs');
  for (const outcome of JOB_OUTCOMES) runs.inc({ ...labels, outcome }, 0);
  stalled.inc(labels, 0);

  let shown: Queue | undefined;
  const hide = () => {
    for (const state of JOB_STATES) jobs.remove({ ...labels, state });
  };
  jobs.onCollect(async () => {
    const queue = shown;
    // An old number would be taken for a present one.
    const counts = await Promise.race([
      queue?.getJobCounts(...JOB_STATES).catch(() => undefined),
      pause(COUNT_LIMIT_MS, undefined, { ref: false }),
    ]);
    if (counts === undefined || queue !== shown) return hide();
    for (const state of JOB_STATES) jobs.set({ ...labels, state }, counts[state] ?? 0);
  });
  return {
    started: (afterSeconds) => delays.observe(labels, Math.max(0, afterSeconds)),
    ended: (outcome, seconds) => {
      runs.inc({ ...labels, outcome });
      if (outcome !== 'superseded') durations.observe(labels, seconds);
      if (outcome === 'completed') lastSuccess.set(labels, Date.now() / 1000);
    },
    stalled: () => stalled.inc(labels),
    show: (queue) => {
      shown = queue;
      return () => {
        if (shown !== queue) return;
        shown = undefined;
        hide();
      };
    },
  };
}
