import { timeSeries, type PanelSource } from '../../grafana/panels.ts';
import { ratesBy } from '../../grafana/rates.ts';
import { bucketsOf, CHOSEN_QUEUES } from './filters.ts';

const SIZE = { width: 8, height: 8 };

/** The ticks of the programs, each done by one replica. */
export function jobsRow(): PanelSource[] {
  return [
    timeSeries({
      ...SIZE,
      title: 'Runs by outcome',
      description:
        'Per second. handed_back: the work was stopped; superseded: a later tick was due; lost: the lock of the run could not be kept.',
      queries: [
        {
          expr: ratesBy('queue, outcome', 'quay_job_runs_total', CHOSEN_QUEUES),
          legend: '{{queue}} {{outcome}}',
        },
      ],
      runbook: 'm4#runs-fail',
      unit: 'ops',
    }),
    timeSeries({
      ...SIZE,
      title: 'Duration of runs',
      description: 'Within which 95 % of them ended, whatever became of them.',
      queries: [
        {
          expr: `histogram_quantile(0.95, ${bucketsOf('quay_job_run_duration_seconds', 'queue, le', CHOSEN_QUEUES)})`,
          legend: '{{queue}}',
        },
      ],
      runbook: 'm4#what-to-watch',
      unit: 's',
    }),
    timeSeries({
      ...SIZE,
      title: 'Delay of runs',
      description:
        'From the moment that a run was due to its beginning, within which 95 % of them began. Long where one run takes longer than the interval.',
      queries: [
        {
          expr: `histogram_quantile(0.95, ${bucketsOf('quay_job_start_delay_seconds', 'queue, le', CHOSEN_QUEUES)})`,
          legend: '{{queue}}',
        },
      ],
      runbook: 'm4#runs-wait',
      unit: 's',
    }),
    timeSeries({
      ...SIZE,
      title: 'Jobs in Redis by state',
      description:
        'Right is one that is delayed (the next tick) or active. completed and failed are the last ones that are kept, 20 of each.',
      queries: [
        {
          expr: `max by (queue, state) (quay_job_queue_jobs{${CHOSEN_QUEUES}, state=~"waiting|active|delayed|failed"})`,
          legend: '{{queue}} {{state}}',
        },
      ],
      runbook: 'm4#runs-wait',
      unit: 'none',
      stepped: true,
    }),
    timeSeries({
      ...SIZE,
      title: 'Since the last success',
      description:
        'Of any replica. It rises to the interval, or to the time that a run takes, and falls to zero.',
      queries: [
        {
          expr: `time() - max by (queue) (quay_job_last_success_timestamp_seconds{${CHOSEN_QUEUES}})`,
          legend: '{{queue}}',
        },
      ],
      runbook: 'm4#no-run-succeeds',
      unit: 's',
    }),
    timeSeries({
      ...SIZE,
      title: 'Runs taken over',
      description: 'Of replicas that ended or hung in the middle. More than two in an hour are an alert.',
      queries: [
        {
          expr: `sum by (queue) (increase(quay_job_stalled_total{${CHOSEN_QUEUES}}[$__rate_interval]))`,
          legend: '{{queue}}',
        },
      ],
      runbook: 'm4#runs-stall',
      unit: 'short',
      bars: true,
    }),
  ];
}
