import { formatNumber, formatTable } from './print-table.ts';

/** What was aimed at, and what came out of this run. */
export type Aim = {
  what: string;
  bound: 'at least' | 'at most';
  target: number;
  /** NaN if this run did not measure it. */
  value: number;
  /** Stands behind both numbers: `x`, ` ms`. */
  unit: string;
};

/** One row per aim, with what was reached or missed. */
export function aimTable(aims: readonly Aim[]): string {
  const rows = aims.map((aim) => [aim.what, `${aim.bound} ${aim.target}${aim.unit}`, verdict(aim)]);
  return formatTable(['aim', 'to reach', 'in this run'], rows);
}

function verdict({ bound, target, value, unit }: Aim): string {
  if (!Number.isFinite(value)) return 'not measured';
  const reached = bound === 'at least' ? value >= target : value <= target;
  return `${reached ? 'reached' : 'not reached'}: ${formatNumber(value)}${unit}`;
}
