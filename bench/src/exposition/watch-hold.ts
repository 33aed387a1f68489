/**
 * Watches how long the event loop is held in one piece from now on, by taking every turn it can get.
 * The function it gives stops that and returns the longest hold in milliseconds. It costs a whole core
 * while it runs, so a scrape that is watched is not one that is timed.
 */
export function watchHold(): () => number {
  let last = performance.now();
  let longestMs = 0;
  let running = true;
  const look = () => {
    const now = performance.now();
    longestMs = Math.max(longestMs, now - last);
    last = now;
    if (running) setImmediate(look);
  };
  setImmediate(look);
  return () => {
    look();
    running = false;
    return longestMs;
  };
}
