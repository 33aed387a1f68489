import { OTHER, type KnownValues } from '@quay-observability/metric-catalogue';

/** Maps a label value to itself if it is in the label's known set, else to `other`. */
export type BoundValue = (value: string) => string;

const unbounded: BoundValue = (value) => value;

/** True for "100" to "599": what a `status` label may hold (contract section 1). */
function isHttpStatus(value: string): boolean {
  return value.length === 3 && value >= '100' && value <= '599' && /^\d{3}$/.test(value);
}

/** One bound per label, in the order of `labels`. A label without a known set keeps its values. */
export function boundsOf(
  labels: readonly string[],
  known: Readonly<Record<string, KnownValues>>,
): BoundValue[] {
  return labels.map((label) => {
    const values = known[label];
    if (values === undefined) return unbounded;
    if (values === 'http-status') return (value) => (isHttpStatus(value) ? value : OTHER);
    const allowed = new Set(values);
    return (value) => (allowed.has(value) ? value : OTHER);
  });
}
