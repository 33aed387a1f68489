const FIRST_MS = 250;
const LONGEST_MS = 30_000;

/**
 * Milliseconds until a worker is started again that has ended `endsInARow` times (1 or more) soon after its start:
 * a crash costs little, a crash loop does not spin.
 */
export function restartDelayMs(endsInARow: number): number {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** (endsInARow - 1));
}
