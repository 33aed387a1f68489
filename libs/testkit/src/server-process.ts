import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { endWithThisProcess, hasEnded } from './watchdog.ts';

/** What to run, and how to tell that it serves. */
export type ProcessOptions = {
  /** As it is called in errors. */
  name: string;
  command: string;
  args: string[];
  cwd: string;
  /** Its standard output and error are appended here. */
  logFile: string;
  env?: NodeJS.ProcessEnv | undefined;
  uid?: number | undefined;
  gid?: number | undefined;
  /** Throws, or gives false, as long as the server is not ready. */
  ready: () => Promise<unknown>;
  readyTimeoutMs?: number | undefined;
  /** The signal that asks it to stop; SIGTERM unless told. */
  stopSignal?: NodeJS.Signals | undefined;
  /** If it ends early and has said this, it is started again until the time for getting ready is over. */
  retryWhenLogged?: RegExp | undefined;
};

/** How a process ended. */
export type ProcessExit = { code: number | null; signal: NodeJS.Signals | null };

/** A child process that is up, or was. */
export type RunningProcess = {
  readonly pid: number;
  /** Settles when the process has ended. */
  readonly exited: Promise<ProcessExit>;
  /** How it ended; undefined while it runs. */
  exit(): ProcessExit | undefined;
  signal(name: NodeJS.Signals): void;
  /** Asks it to end and waits; kills it after `graceMs`. */
  stop(graceMs?: number): Promise<void>;
  /** What it has written so far. */
  log(): string;
};

const READY_TIMEOUT_MS = 30_000;
const STOP_GRACE_MS = 10_000;
const ERROR_LOG_LINES = 25;

/**
 * Starts a child process and waits until it serves. The child is in a process group of its own and
 * never outlives this process; it does not keep this process alive either.
 *
 * Throws when it cannot be started, ends early or is not ready in time; the error carries its log.
 */
export async function launch(options: ProcessOptions): Promise<RunningProcess> {
  let running = begin(options);
  let seenLogLength = 0;
  const timeoutMs = options.readyTimeoutMs ?? READY_TIMEOUT_MS;
  const deadline = performance.now() + timeoutMs;
  let problem: unknown;
  for (;;) {
    const exit = running.exit();
    if (exit !== undefined && performance.now() < deadline) {
      const log = running.log();
      if (options.retryWhenLogged?.test(log.slice(seenLogLength)) === true) {
        seenLogLength = log.length;
        await sleep(100);
        running = begin(options);
        continue;
      }
    }
    if (exit !== undefined)
      throw failure(options, running, `ended (${describeExit(exit)}) before it was ready`);
    try {
      if ((await options.ready()) !== false) return running;
    } catch (error) {
      problem = error;
    }
    if (performance.now() > deadline) {
      await running.stop(1000);
      throw failure(options, running, `was not ready within ${timeoutMs} ms`, problem);
    }
    await sleep(20);
  }
}

function begin(options: ProcessOptions): RunningProcess {
  const log = openSync(options.logFile, 'a');
  const child = spawn(options.command, options.args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ['ignore', log, log],
    detached: true,
    ...(options.uid === undefined ? {} : { uid: options.uid }),
    ...(options.gid === undefined ? {} : { gid: options.gid }),
  });
  closeSync(log);
  child.unref();
  let ended: ProcessExit | undefined;
  const { pid } = child;
  const exited = new Promise<ProcessExit>((resolve) => {
    const end = (exit: ProcessExit) => {
      if (pid !== undefined) hasEnded(pid);
      ended = exit;
      resolve(exit);
    };
    child.once('exit', (code, signal) => {
      end({ code, signal });
    });
    child.once('error', () => {
      if (pid === undefined) end({ code: 127, signal: null });
    });
  });
  if (pid !== undefined) endWithThisProcess(pid);
  return {
    pid: pid ?? -1,
    exited,
    exit: () => ended,
    signal: (name) => child.kill(name),
    stop: (graceMs = STOP_GRACE_MS) =>
      stop(child, exited, () => ended, options.stopSignal ?? 'SIGTERM', graceMs),
    log: () => readLog(options.logFile),
  };
}

async function stop(
  child: ChildProcess,
  exited: Promise<ProcessExit>,
  exit: () => ProcessExit | undefined,
  signal: NodeJS.Signals,
  graceMs: number,
): Promise<void> {
  if (exit() !== undefined) return;
  child.ref();
  // A process that a test has frozen would not see the other signal.
  child.kill('SIGCONT');
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  await exited;
  clearTimeout(timer);
}

function readLog(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** `code 1` or `SIGKILL`. */
export function describeExit(exit: ProcessExit): string {
  return exit.signal ?? `code ${exit.code}`;
}

function failure(options: ProcessOptions, running: RunningProcess, what: string, cause?: unknown): Error {
  const tail = running.log().trimEnd().split('\n').slice(-ERROR_LOG_LINES).join('\n');
  const why = cause instanceof Error ? `; last answer: ${cause.message}` : '';
  return new Error(
    `${options.name} ${what}${why}. It ran as: ${options.command} ${options.args.join(' ')}\n${tail === '' ? '(its log is empty)' : tail}`,
    { cause },
  );
}
