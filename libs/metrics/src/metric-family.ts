import type { Format, RenderSeries } from './render-series.ts';
import type { Series } from './series-store.ts';
import { escapeHelp } from './text-format.ts';

/** One metric as the exposition reads it: its heading and a way to render its series one at a time. */
export type MetricFamily = {
  name: string;
  help: string;
  type: 'counter' | 'gauge' | 'histogram';
  series: () => readonly Series<unknown>[];
  render: Readonly<Record<Format, RenderSeries<never>>>;
  /** Brings the series up to date before they are read. */
  collect: () => void | Promise<void>;
};

/** HELP and TYPE. In OpenMetrics a counter's family is named without `_total` (contract section 1). */
export function heading(family: Pick<MetricFamily, 'name' | 'help' | 'type'>, format: Format): string {
  const name =
    format === 'openmetrics' && family.type === 'counter' ? family.name.replace(/_total$/, '') : family.name;
  const help =
    format === 'openmetrics' ? escapeHelp(family.help).replace(/"/g, '\\"') : escapeHelp(family.help);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${family.type}\n`;
}
