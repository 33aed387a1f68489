import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { publishedChanges } from '../grafana/change-marks.ts';
import { buildDashboard } from '../grafana/dashboard.ts';
import { dashboardVariables } from '../grafana/variables.ts';
import { apiRow } from './health/api-row.ts';
import { checksRow } from './health/checks-row.ts';
import { overviewRow } from './health/overview-row.ts';
import { secscanRow } from './health/secscan-row.ts';

const REQUESTS = 'quay_request_duration_seconds_count';

/** Whether Quay and the apps are well, the API and the calls to Clair, while two runtimes serve them. */
export function healthDashboard(): Dashboard {
  return buildDashboard({
    title: 'Quay: health and API, both runtimes',
    uid: 'quay-health',
    description:
      'Health checks, requests and durations of /api, and calls to Clair, per runtime and together.',
    tags: ['quay', 'migration'],
    timeRange: '3h',
    refresh: '30s',
    variables: dashboardVariables([
      { label: 'runtime', title: 'Runtime', metric: REQUESTS },
      { label: 'process_name', title: 'App', metric: 'quay_health_check_up' },
      { label: 'route', title: 'Route', metric: REQUESTS },
    ]),
    annotations: [publishedChanges()],
    runbook: 'm3#alerts',
    rows: [
      ['Overview', overviewRow],
      ['Health', checksRow],
      ['API', apiRow],
      ['Security scanner', secscanRow],
    ],
  });
}
