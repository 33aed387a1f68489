const tasks = new Set<() => void>();
let isInstalled = false;

/**
 * Runs a task when the process ends by itself, by `process.exit()`, an uncaught exception or an
 * unhandled rejection. One listener serves all tasks. Returns a function that takes the task back.
 */
export function whenProcessExits(task: () => void): () => void {
  if (!isInstalled) {
    isInstalled = true;
    process.on('exit', runTasks);
  }
  tasks.add(task);
  return () => tasks.delete(task);
}

/**
 * Writes all logs out before one of these signals ends the process. A process that handles the signal
 * itself keeps its own behaviour; without another handler the process ends by the signal, as it would
 * have. Without this a signal whose handler nobody installed may cost the lines of the current turn.
 */
export function flushBeforeSignals(
  signals: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT', 'SIGHUP'],
): void {
  for (const signal of signals) {
    const handle = (): void => {
      runTasks();
      if (process.listenerCount(signal) > 1) return;
      process.removeListener(signal, handle);
      process.kill(process.pid, signal);
    };
    process.on(signal, handle);
  }
}

function runTasks(): void {
  for (const task of tasks) {
    try {
      task();
    } catch {
      // One log that cannot be written must not keep the others from it.
    }
  }
}
