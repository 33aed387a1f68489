/** Shorter steps are followed by bigger ones, longer by smaller ones. */
const COMFORTABLE_MS = 60;
const TOO_LONG_MS = 200;

/** How many roots (tags, uploads, manifests) the next transaction takes, given how long the last one took. */
export function nextStepSize(size: number, elapsedMs: number, max: number): number {
  if (elapsedMs > TOO_LONG_MS) return Math.max(1, Math.floor(size / 2));
  if (elapsedMs < COMFORTABLE_MS) return Math.min(max, size * 2);
  return size;
}
