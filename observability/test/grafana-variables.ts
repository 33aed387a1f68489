import { VariableType, type VariableModel } from '@grafana/grafana-foundation-sdk/dashboard';
import { DASHBOARDS } from '../src/dashboard-files.ts';

/** What Grafana knows when it sends a query. */
export type QueryContext = { intervalMs: number; rangeMs: number; scrapeIntervalMs: number };

/** A query for the values of a label. */
export type LabelValuesQuery = { file: string; name: string; metric: string; label: string };

const variables = DASHBOARDS.flatMap(({ file, build }) =>
  (build().templating?.list ?? []).map((variable) => ({ ...variable, file })),
);

/**
 * Puts values in the place of variables as Grafana does: its own from the context, those of the dashboard as chosen,
 * or as they are at first ("All"). `$__rate_interval` is at least four scrapes wide. Throws on a variable that
 * nobody defines.
 */
export function substitute(
  expr: string,
  { intervalMs, rangeMs, scrapeIntervalMs }: QueryContext,
  chosen: Readonly<Record<string, string>> = {},
): string {
  const rateIntervalMs = Math.max(intervalMs + scrapeIntervalMs, 4 * scrapeIntervalMs);
  const builtIn: Record<string, string> = {
    __interval: duration(intervalMs),
    __rate_interval: duration(rateIntervalMs),
    __range: duration(rangeMs),
  };
  return expr.replaceAll(/\$\{?(\w+)\}?/g, (whole, name: string) => {
    // `$1` of label_replace.
    if (/^\d+$/.test(name)) return whole;
    const value =
      builtIn[name] ?? chosen[name] ?? variables.find((variable) => variable.name === name)?.allValue;
    if (value === undefined) throw new Error(`no variable ${name} is defined, in ${expr}`);
    return value;
  });
}

/** The variables whose values Grafana asks of Prometheus. */
export function labelValuesQueries(): LabelValuesQuery[] {
  return variables.filter(({ type }) => type === VariableType.Query).map(readLabelValues);
}

function readLabelValues({ file, name, query }: VariableModel & { file: string }): LabelValuesQuery {
  const text = typeof query === 'object' ? String(query.query) : (query ?? '');
  const { metric, label } = /^label_values\((?<metric>\w+), (?<label>\w+)\)$/.exec(text)?.groups ?? {};
  if (metric === undefined || label === undefined) throw new Error(`variable ${name}: ${text}`);
  return { file, name, metric, label };
}

function duration(ms: number): string {
  return `${Math.ceil(ms / 1000)}s`;
}
