import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { publishedChanges } from '../grafana/change-marks.ts';
import { buildDashboard } from '../grafana/dashboard.ts';
import { dashboardVariables } from '../grafana/variables.ts';
import { decisionsRow } from './owner-switches/decisions-row.ts';
import { overviewRow } from './owner-switches/overview-row.ts';
import { ownersRow } from './owner-switches/owners-row.ts';
import { propagationRow } from './owner-switches/propagation-row.ts';
import { runtimesRow } from './owner-switches/runtimes-row.ts';
import { snapshotsRow } from './owner-switches/snapshots-row.ts';

/** Who owns what, whether every process follows, and what that does to the traffic. */
export function ownerSwitchesDashboard(): Dashboard {
  return buildDashboard({
    title: 'Quay: owner switches',
    uid: 'quay-owner-switches',
    description: 'Which runtime owns which capability of Quay, and whether every process follows a change.',
    tags: ['quay', 'migration'],
    timeRange: '1h',
    refresh: '10s',
    variables: dashboardVariables([
      { label: 'process_name', title: 'Process', metric: 'quay_switch_snapshot_age_seconds' },
      { label: 'capability', title: 'Capability', metric: 'quay_switch_owner_decision_total' },
      { label: 'runtime', title: 'Runtime', metric: 'quay_registry_image_pulls_total' },
    ]),
    annotations: [publishedChanges()],
    runbook: 'm1#alerts',
    rows: [
      ['Overview', overviewRow],
      ['Owners', ownersRow],
      ['Decisions', decisionsRow],
      ['Snapshots', snapshotsRow],
      ['Propagation', propagationRow],
      ['Pulls, uploads, workers', runtimesRow],
    ],
  });
}
