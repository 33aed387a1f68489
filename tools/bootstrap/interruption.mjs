import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
/** Ctrl-C reaches every process of a terminal, and npm passes it on: one press comes several times. */
const SAME_REQUEST_MS = 1500;

const running = new Set();
let asked;

/** The user wants it to stop. `exitCode` is what a shell gives for the signal. */
export class Interrupted extends Error {
  constructor(signal) {
    super(`Stopped by ${signal}.`);
    this.exitCode = exitCodeOf(signal);
  }
}

/**
 * Does `work` so that Ctrl-C and its like do not end this process in the middle of it: the command that
 * runs gets the signal, is waited for, and `work` fails with `Interrupted`, so that it can clear up.
 * Whoever asks again later does not want to wait: the process exits at once, after its exit handlers.
 */
export async function interruptible(work) {
  const ask = (signal) => {
    if (asked === undefined) {
      asked = { signal, atMs: performance.now() };
      for (const child of running) child.kill(signal);
    } else if (performance.now() - asked.atMs > SAME_REQUEST_MS) process.exit(exitCodeOf(signal));
  };
  for (const signal of SIGNALS) process.on(signal, ask);
  try {
    const result = await work();
    throwIfInterrupted();
    return result;
  } finally {
    for (const signal of SIGNALS) process.off(signal, ask);
  }
}

/** Throws `Interrupted` once the user has asked. */
export function throwIfInterrupted() {
  if (asked !== undefined) throw new Interrupted(asked.signal);
}

/** From now until it has ended, `child` gets the signals that this process gets. */
export function passSignalsTo(child) {
  running.add(child);
  const forget = () => running.delete(child);
  child.once('error', forget).once('close', forget);
}

function exitCodeOf(signal) {
  return 128 + constants.signals[signal];
}
