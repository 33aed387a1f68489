import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/dashboard';
import {
  DataqueryBuilder,
  PromQueryFormat,
  QueryEditorMode,
} from '@grafana/grafana-foundation-sdk/prometheus';

/** The Prometheus that the variable `datasource` names. */
export const DATASOURCE: DataSourceRef = { type: 'prometheus', uid: '${datasource}' };

/** A query of a panel. */
export type Query = {
  expr: string;
  /** Name of each series, with labels as in `{{process_name}}`. */
  legend?: string;
  /** Asked at the end of the time range only, as tables and single numbers are. */
  instant?: boolean;
  format?: PromQueryFormat;
};

/** The queries as Grafana's targets, with the reference ids A, B, C and so on. */
export function toTargets(queries: readonly Query[]): DataqueryBuilder[] {
  return queries.map(({ expr, legend, instant = false, format = PromQueryFormat.TimeSeries }, index) => {
    const target = new DataqueryBuilder()
      .refId(String.fromCharCode('A'.charCodeAt(0) + index))
      .datasource(DATASOURCE)
      .editorMode(QueryEditorMode.Code)
      .expr(expr)
      .format(format);
    if (legend !== undefined) target.legendFormat(legend);
    return instant ? target.instant() : target.range();
  });
}
