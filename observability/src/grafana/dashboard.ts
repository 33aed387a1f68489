import {
  DashboardBuilder,
  DashboardCursorSync,
  RowBuilder,
  type AnnotationQueryBuilder,
  type Dashboard,
  type VariableModel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { runbookLink, type RunbookSection } from '../runbook.ts';
import type { PanelSource } from './panels.ts';

/** A title, and the panels below it. */
export type Row = readonly [title: string, panels: () => PanelSource[]];

/** What makes one dashboard differ from another. */
export type DashboardOptions = {
  title: string;
  uid: string;
  description: string;
  tags: string[];
  /** The time range at first, back from now, e.g. `1h`. */
  timeRange: string;
  refresh: string;
  variables: { build(): VariableModel }[];
  annotations: AnnotationQueryBuilder[];
  runbook: RunbookSection;
  rows: readonly Row[];
};

/** A dashboard of rows from top to bottom. */
export function buildDashboard(options: DashboardOptions): Dashboard {
  const dashboard = new DashboardBuilder(options.title)
    .uid(options.uid)
    .description(options.description)
    .tags(options.tags)
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: `now-${options.timeRange}`, to: 'now' })
    .refresh(options.refresh)
    .timezone('browser')
    .variables(options.variables)
    .annotations(options.annotations)
    .links([runbookLink(options.runbook)]);
  let id = 0;
  for (const [title, panels] of options.rows) {
    dashboard.withRow(new RowBuilder(title).id((id += 1)));
    for (const panel of panels()) {
      const built = { ...panel.build(), id: (id += 1) };
      dashboard.withPanel({ build: () => built });
    }
  }
  return dashboard.build();
}
