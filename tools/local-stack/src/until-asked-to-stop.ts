/** How often it is looked whether the parent is still there. */
const PARENT_CHECK_MS = 1000;
/** Ctrl-C reaches every process of a terminal, and npm passes it on: one press comes several times. */
const SAME_REQUEST_MS = 1500;

/**
 * Settles, with the reason, on SIGINT, SIGTERM or SIGHUP, or when the process that started this one is
 * gone. Whoever asks again later does not want to wait: the process ends at once, and its watchdog
 * clears up.
 */
export function untilAskedToStop(): Promise<string> {
  const parent = process.ppid;
  return new Promise((resolve) => {
    let askedAtMs: number | undefined;
    const ask = (why: string): void => {
      if (askedAtMs === undefined) askedAtMs = performance.now();
      else if (performance.now() - askedAtMs > SAME_REQUEST_MS) process.exit(1);
      resolve(why);
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, ask);
    // A terminal that is gone must not end us in the middle of clearing up.
    process.stdout.on('error', () => undefined);
    const timer = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(timer);
      ask('the process that started this one is gone');
    }, PARENT_CHECK_MS);
    timer.unref();
  });
}
