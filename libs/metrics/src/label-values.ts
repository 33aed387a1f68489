import { OTHER, type KnownValues } from '@quay-observability/metric-catalogue';

/** Maps a label value to itself if it is in the label's known set, else to `other`. */
export type BoundValue = (value: string) => string;

const unbounded: BoundValue = (value) => value;

/** True for "100" to "599": what a `status` label may hold (contract section 1). */
function isHttpStatus(value: string): boolean {
  return value.length === 3 && value >= '100' && value <= '599' && /^\d{3}$/.test(value);
}

/** The bounds of a metric's labels, in the order of its labels; the known set of a label can be replaced. */
export type LabelBounds = {
  readonly bounds: readonly BoundValue[];
  /** From now on the label takes these values and no others. A TypeError if the metric has no such label. */
  readonly replace: (label: string, values: readonly string[]) => void;
};

/** A label without a known set keeps its values. */
export function createLabelBounds(
  labels: readonly string[],
  known: Readonly<Record<string, KnownValues>>,
): LabelBounds {
  const bounds = labels.map((label) => boundOf(known[label]));
  return {
    bounds,
    replace: (label, values) => {
      const at = labels.indexOf(label);
      if (at < 0) throw new TypeError(`unknown label "${label}"; labels are ${labels.join(', ')}`);
      bounds[at] = boundOf(values);
    },
  };
}

function boundOf(values: KnownValues | undefined): BoundValue {
  if (values === undefined) return unbounded;
  if (values === 'http-status') return (value) => (isHttpStatus(value) ? value : OTHER);
  const allowed = new Set(values);
  return (value) => (allowed.has(value) ? value : OTHER);
}
