import { stat, type PanelSource } from '../../grafana/panels.ts';
import { redFrom } from '../../grafana/thresholds.ts';
import { PROGRAMS, WORKER_ALERTS } from './filters.ts';

const SIZE = { width: 4, height: 4 };
const OURS = `max by (capability) (quay_switch_capability_owner{owner="go", capability=~"${PROGRAMS}"}) == 1`;

/** Whether the work is done, in six numbers. */
export function overviewRow(): PanelSource[] {
  return [
    stat({
      ...SIZE,
      title: 'Programs of the new runtime',
      description: 'Of the five that it can do: how far the move has come.',
      queries: [{ expr: `count(${OURS}) or vector(0)`, instant: true }],
      runbook: 'm4#move-a-worker',
      unit: 'none',
    }),
    stat({
      ...SIZE,
      title: 'Owned, but not running',
      description: 'Programs whose owner is the new runtime, of which no process says that it does the work.',
      queries: [
        {
          expr: `count(
  ${OURS}
    unless on (capability)
  label_replace(max by (program) (quay_worker_running) == 1, "capability", "$1", "program", "(.+)")
) or vector(0)`,
          instant: true,
        },
      ],
      runbook: 'm4#not-running',
      unit: 'none',
      thresholds: redFrom(1),
    }),
    stat({
      ...SIZE,
      title: 'Runs that failed',
      description: 'In the time shown. A run is repeated; an alert fires if none succeeds.',
      queries: [
        {
          expr: 'sum(increase(quay_job_runs_total{outcome=~"failed|lost"}[$__range])) or vector(0)',
          instant: true,
        },
      ],
      runbook: 'm4#runs-fail',
      unit: 'short',
    }),
    stat({
      ...SIZE,
      title: 'Pulls wait for',
      description:
        'Age of the oldest pull event that the last flush of a replica found. Above 15 minutes an alert fires.',
      queries: [{ expr: 'max(quay_pull_flush_lag_seconds)', instant: true }],
      runbook: 'm4#flush-lags',
      unit: 's',
      thresholds: redFrom(900),
    }),
    stat({
      ...SIZE,
      title: 'Age of the global statistics',
      description: 'Since the count that the new runtime shows. Above three hours an alert fires.',
      queries: [{ expr: 'time() - max(quay_globalstats_last_success_timestamp_seconds)', instant: true }],
      runbook: 'm4#statistics-are-old',
      unit: 's',
      thresholds: redFrom(10_800),
    }),
    stat({
      ...SIZE,
      title: 'Firing alerts',
      description: 'Of observability/rules/workers.yml, and of owner-switches.yml those on worker programs.',
      queries: [{ expr: `count(ALERTS{${WORKER_ALERTS}, alertstate="firing"}) or vector(0)`, instant: true }],
      runbook: 'm4#alerts',
      unit: 'none',
      thresholds: redFrom(1),
    }),
  ];
}
