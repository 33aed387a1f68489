import type { Series } from './series-store.ts';
import type { NumberState } from './stored-counter.ts';
import type { HistogramState } from './stored-histogram.ts';
import { formatLabels, formatOpenMetricsBound, formatTextBound, formatValue } from './text-format.ts';

/** The two formats that the binding serves. */
export type Format = 'text' | 'openmetrics';

/** Renders the lines of one series, each with its newline. */
export type RenderSeries<State> = (series: Series<State>) => string;

/** `fixed` are the rendered labels that every sample carries (`runtime="go"`). */
type Naming = { name: string; labelNames: readonly string[]; fixed: string };

function joinLabels(first: string, second: string): string {
  if (first === '') return second;
  return second === '' ? first : `${first},${second}`;
}

/** Lines of a counter's or gauge's series. */
export function numberRenderer({ name, labelNames, fixed }: Naming): RenderSeries<NumberState> {
  return ({ values, state }) =>
    `${name}{${joinLabels(formatLabels(labelNames, values), fixed)}} ${formatValue(state.value)}\n`;
}

/** Lines of a histogram's series: cumulative buckets up to +Inf, sum, count. */
export function histogramRenderer(
  { name, labelNames, fixed }: Naming,
  bounds: readonly number[],
  format: Format,
): RenderSeries<HistogramState> {
  const printBound = format === 'text' ? formatTextBound : formatOpenMetricsBound;
  const tails = [...bounds.map(printBound), '+Inf'].map((bound) => `,le="${bound}"} `);
  return ({ values, state }) => {
    const labels = joinLabels(formatLabels(labelNames, values), fixed);
    const bucketStart = `${name}_bucket{${labels}`;
    let text = '';
    let count = 0;
    for (let at = 0; at < tails.length; at += 1) {
      count += state.buckets[at]!;
      text += `${bucketStart}${tails[at]!}${count}\n`;
    }
    return `${text}${name}_sum{${labels}} ${formatValue(state.sum)}\n${name}_count{${labels}} ${count}\n`;
  };
}
