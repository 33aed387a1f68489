import type { Dashboard, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import type { dataquery } from '@grafana/grafana-foundation-sdk/prometheus';
import { DASHBOARDS } from '../src/dashboard-files.ts';
import { ALERTS, RECORDINGS } from './rule-file.ts';

/** A query and where it stands: the file of its dashboard or of its rule, the place in it, and the row of a panel. */
export type PlacedQuery = { file: string; place: string; expr: string; instant: boolean; row?: string };

/** The panels of a dashboard, without its rows. */
export function panelsOf(dashboard: Dashboard): Panel[] {
  return (dashboard.panels ?? []).filter((panel) => panel.type !== 'row');
}

/** The queries of a panel. */
export function targetsOf(panel: Panel): dataquery[] {
  return (panel.targets ?? []) as dataquery[];
}

/** Queries of panels and annotations, as written: with Grafana's variables. */
export function dashboardQueries(): PlacedQuery[] {
  return DASHBOARDS.flatMap(({ file, build }) => {
    const dashboard = build();
    let row = '';
    const panels = ((dashboard.panels ?? []) as Panel[]).flatMap((panel) => {
      if (panel.type === 'row') {
        row = panel.title ?? '';
        return [];
      }
      return targetsOf(panel).map(({ refId, expr, instant = false }) => ({
        file,
        place: `${file}, panel "${panel.title}", query ${refId}`,
        expr,
        instant,
        row,
      }));
    });
    const annotations = (dashboard.annotations?.list ?? []).map(({ name, expr = '' }) => ({
      file,
      place: `${file}, annotation "${name}"`,
      expr,
      instant: false,
    }));
    return [...panels, ...annotations];
  });
}

/** The expressions of alerts and recordings. */
export function ruleQueries(): PlacedQuery[] {
  return [
    ...ALERTS.map(({ file, alert, expr }) => ({ file, place: `alert ${alert}`, expr, instant: true })),
    ...RECORDINGS.map(({ file, record, expr, labels = {} }) => ({
      file,
      place: `recording ${[record, ...Object.values(labels)].join(' ')}`,
      expr,
      instant: true,
    })),
  ];
}
