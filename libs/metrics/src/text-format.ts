/** Escapes a HELP text (Prometheus text format 0.0.4). */
export function escapeHelp(text: string): string {
  return text.replace(/\\/g, '\\\\').replace(/\n/g, '\\n');
}

/** Escapes a label value (Prometheus text format 0.0.4; the same in OpenMetrics). */
export function escapeLabelValue(value: string): string {
  if (!/[\\\n"]/.test(value)) return value;
  return value.replace(/\\/g, '\\\\').replace(/\n/g, '\\n').replace(/"/g, '\\"');
}

/** Prints a sample value. */
export function formatValue(value: number): string {
  if (Number.isFinite(value)) return String(value);
  if (Number.isNaN(value)) return 'NaN';
  return value > 0 ? '+Inf' : '-Inf';
}

/** Prints a bucket's bound for text 0.0.4, as the Pushgateway prints Python's: `1`, not `1.0` (contract section 1). */
export function formatTextBound(bound: number): string {
  return formatValue(bound);
}

/** Prints a bucket's bound for OpenMetrics, which demands a float: `1.0`. */
export function formatOpenMetricsBound(bound: number): string {
  const text = formatValue(bound);
  return Number.isInteger(bound) && !text.includes('e') ? `${text}.0` : text;
}

/** `a="x",b="y"` of label names and values, in the order given; empty without labels. */
export function formatLabels(names: readonly string[], values: readonly string[]): string {
  return names.map((name, at) => `${name}="${escapeLabelValue(values[at] ?? '')}"`).join(',');
}
