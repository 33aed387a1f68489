/** How late the event loop is. */
export type LoopLag = {
  /** Milliseconds by which the latest turn came late, or the next one is late by now. */
  lagMs(): number;
  close(): void;
};

/** Time between two looks. */
const EVERY_MS = 500;

/** Watches the event loop of this process with a timer of its own. */
export function watchLoop(now: () => number = () => performance.now()): LoopLag {
  let due = now() + EVERY_MS;
  let latest = 0;
  const timer = setInterval(() => {
    latest = Math.max(0, now() - due);
    due = now() + EVERY_MS;
  }, EVERY_MS);
  timer.unref();
  return {
    lagMs: () => Math.max(latest, now() - due),
    close: () => clearInterval(timer),
  };
}
