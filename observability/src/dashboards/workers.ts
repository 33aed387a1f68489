import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { publishedChanges } from '../grafana/change-marks.ts';
import { buildDashboard } from '../grafana/dashboard.ts';
import { dashboardVariables } from '../grafana/variables.ts';
import { collectionRow } from './workers/collection-row.ts';
import { flushRow } from './workers/flush-row.ts';
import { jobsRow } from './workers/jobs-row.ts';
import { overviewRow } from './workers/overview-row.ts';
import { programsRow } from './workers/programs-row.ts';
import { statisticsRow } from './workers/statistics-row.ts';

/** Who does the work of the worker programs, and what comes of it, while two runtimes have them. */
export function workersDashboard(): Dashboard {
  return buildDashboard({
    title: 'Quay: workers, both runtimes',
    uid: 'quay-workers',
    description:
      'Owners and runs of the worker programs, the flush of pulls, garbage collection and the global statistics, per runtime.',
    tags: ['quay', 'migration'],
    timeRange: '6h',
    refresh: '30s',
    variables: dashboardVariables([
      { label: 'runtime', title: 'Runtime', metric: 'quay_worker_operation_duration_seconds_count' },
      { label: 'queue', title: 'Program', metric: 'quay_job_runs_total' },
    ]),
    annotations: [publishedChanges()],
    runbook: 'm4#alerts',
    rows: [
      ['Overview', overviewRow],
      ['Programs', programsRow],
      ['Jobs of the new runtime', jobsRow],
      ['Flush of pulls', flushRow],
      ['Garbage collection', collectionRow],
      ['Global statistics', statisticsRow],
    ],
  });
}
