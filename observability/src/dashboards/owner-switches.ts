import {
  AnnotationQueryBuilder,
  DashboardBuilder,
  DashboardCursorSync,
  RowBuilder,
  type Dashboard,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { PanelSource } from '../grafana/panels.ts';
import { DATASOURCE } from '../grafana/query.ts';
import { runbookLink } from '../runbook.ts';
import { decisionsRow } from './owner-switches/decisions-row.ts';
import { overviewRow } from './owner-switches/overview-row.ts';
import { ownersRow } from './owner-switches/owners-row.ts';
import { propagationRow } from './owner-switches/propagation-row.ts';
import { runtimesRow } from './owner-switches/runtimes-row.ts';
import { snapshotsRow } from './owner-switches/snapshots-row.ts';
import { dashboardVariables } from './owner-switches/variables.ts';

const ROWS: readonly (readonly [string, () => PanelSource[]])[] = [
  ['Overview', overviewRow],
  ['Owners', ownersRow],
  ['Decisions', decisionsRow],
  ['Snapshots', snapshotsRow],
  ['Propagation', propagationRow],
  ['Pulls, uploads, workers', runtimesRow],
];

/** Who owns what, whether every process follows, and what that does to the traffic. */
export function ownerSwitchesDashboard(): Dashboard {
  const dashboard = new DashboardBuilder('Quay: owner switches')
    .uid('quay-owner-switches')
    .description('Which runtime owns which capability of Quay, and whether every process follows a change.')
    .tags(['quay', 'migration'])
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: 'now-1h', to: 'now' })
    .refresh('10s')
    .timezone('browser')
    .variables(dashboardVariables())
    .annotations([publishedChanges()])
    .links([runbookLink('alerts')]);
  let id = 0;
  for (const [title, panels] of ROWS) {
    dashboard.withRow(new RowBuilder(title).id((id += 1)));
    for (const panel of panels()) {
      const built = { ...panel.build(), id: (id += 1) };
      dashboard.withPanel({ build: () => built });
    }
  }
  return dashboard.build();
}

/** A mark wherever owners have changed. */
function publishedChanges(): AnnotationQueryBuilder {
  return new AnnotationQueryBuilder()
    .name('Changes')
    .datasource(DATASOURCE)
    .enable(true)
    .iconColor('purple')
    .expr('sum by (outcome) (increase(quay_switch_changes_total{outcome=~"published|rolled_back"}[1m])) > 0');
}
