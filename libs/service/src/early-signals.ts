/** Asks a process to stop. */
export type StopSignal = 'SIGTERM' | 'SIGINT';

const SIGNALS: readonly StopSignal[] = ['SIGTERM', 'SIGINT'];
const early: StopSignal[] = [];
const remember = (signal: NodeJS.Signals) => {
  early.push(signal as StopSignal);
};

/**
 * Keeps the signals that come while modules are still being loaded. Process 1 of a container would lose
 * them: for it the kernel has no default action.
 */
export function rememberSignals(): void {
  for (const signal of SIGNALS) process.on(signal, remember);
  // It asks to read the configuration again, which will be read anyhow; by default it would end the process.
  process.on('SIGHUP', () => undefined);
}

/** Hands what was kept, and everything from now on, to `handler`. */
export function takeOverSignals(handler: (signal: StopSignal) => void): void {
  for (const signal of SIGNALS) {
    process.off(signal, remember);
    process.on(signal, () => {
      handler(signal);
    });
  }
  for (const signal of early.splice(0)) handler(signal);
}
