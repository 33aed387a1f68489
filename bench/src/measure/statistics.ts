/** The middle value; the mean of the two middle ones if there is an even number. NaN without values. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  const above = sorted[Math.floor(half)];
  if (above === undefined) return NaN;
  return Number.isInteger(half) ? (sorted[half - 1]! + above) / 2 : above;
}

/**
 * How far the rounds lie apart: (largest - smallest) / median. What differs by less than this between
 * two contestants does not differ.
 */
export function spread(values: readonly number[]): number {
  return (Math.max(...values) - Math.min(...values)) / median(values);
}

/**
 * The median over the rounds of `ours / theirs`. Round by round, since what disturbs a machine
 * disturbs both contestants of one round, and not the next round.
 */
export function medianRatio(ours: readonly number[], theirs: readonly number[]): number {
  return median(ours.map((value, round) => value / (theirs[round] ?? NaN)));
}
