import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { publishedChanges } from '../grafana/change-marks.ts';
import { buildDashboard } from '../grafana/dashboard.ts';
import { dashboardVariables } from '../grafana/variables.ts';
import { eventsRow } from './registry/events-row.ts';
import { gatewayRow } from './registry/gateway-row.ts';
import { imagesRow } from './registry/images-row.ts';
import { latencyRow } from './registry/latency-row.ts';
import { moveRow } from './registry/move-row.ts';
import { overviewRow } from './registry/overview-row.ts';
import { processesRow } from './registry/processes-row.ts';
import { requestsRow } from './registry/requests-row.ts';
import { sightRow } from './registry/sight-row.ts';
import { trackingRow } from './registry/tracking-row.ts';

const REQUESTS = 'quay_request_duration_seconds_count';

/** What the registry does while two runtimes serve it: either of them, and both as one. */
export function registryDashboard(): Dashboard {
  return buildDashboard({
    title: 'Quay: registry, both runtimes',
    uid: 'quay-registry',
    description: 'Pulls, pushes, bytes, errors and durations of the registry, per runtime and together.',
    tags: ['quay', 'migration'],
    timeRange: '3h',
    refresh: '30s',
    variables: dashboardVariables([
      { label: 'runtime', title: 'Runtime', metric: REQUESTS },
      { label: 'protocol', title: 'Protocol', metric: 'quay_registry_image_pulls_total' },
      { label: 'route', title: 'Route', metric: REQUESTS },
      { label: 'namespace_name', title: 'Namespace', metric: REQUESTS },
    ]),
    annotations: [publishedChanges()],
    runbook: 'm2#alerts',
    rows: [
      ['Overview', overviewRow],
      ['The move', moveRow],
      ['Images', imagesRow],
      ['Requests', requestsRow],
      ['Durations', latencyRow],
      ['The gateway', gatewayRow],
      ['Pull tracking', trackingRow],
      ['Events of registries', eventsRow],
      ['Processes and configuration', processesRow],
      ['Whether this can be believed', sightRow],
    ],
  });
}
