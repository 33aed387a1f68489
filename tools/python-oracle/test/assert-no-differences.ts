import assert from 'node:assert/strict';
import type { Difference } from '../src/compare-runtimes.ts';

/** Fails with the differences themselves as the message: whoever reads only that line learns the metric. */
export function assertNoDifferences(differences: readonly Difference[]): void {
  if (differences.length > 0) assert.fail(differences.map(({ message }) => message).join('\n'));
}
