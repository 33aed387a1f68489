import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuSecondsOf } from './cpu-time.ts';

/** Share of all cores that other programs may use during a measurement that counts. */
const TOLERATED_SHARE = 0.08;
/** Tries unless told otherwise on the command line. */
export const DEFAULT_TRIES = 8;
const PAUSE_MS = 2000;

export type Disturbance = { share: number; tries: number };

/**
 * Repeats a measurement, which should last a second or more, while other programs use the machine; after
 * some tries the least disturbed one is the result. Tells `onDisturbed` when even that one was disturbed.
 */
export async function undisturbed<Result>(
  measure: () => Promise<Result>,
  maxTries: number,
  onDisturbed: (disturbance: Disturbance) => void = () => undefined,
  watch: () => () => number = watchOthers,
  pauseMs = PAUSE_MS,
): Promise<Result> {
  let best: { share: number; result: Result } | undefined;
  for (let tries = 1; tries <= maxTries; tries += 1) {
    if (tries > 1) await sleep(pauseMs);
    const shareOfOthers = watch();
    const result = await measure();
    const share = shareOfOthers();
    if (best === undefined || share < best.share) best = { share, result };
    if (share <= TOLERATED_SHARE) return result;
  }
  onDisturbed({ share: best!.share, tries: maxTries });
  return best!.result;
}

/** Starts to watch; the result tells which share of all cores others than this process and its children have used. */
function watchOthers(): () => number {
  const ownBefore = cpuSecondsOf(process.pid);
  const busyBefore = busySeconds(readFileSync('/proc/stat', 'utf8'));
  const before = performance.now();
  return () => {
    const seconds = (performance.now() - before) / 1000;
    const own = cpuSecondsOf(process.pid) - ownBefore;
    const busy = busySeconds(readFileSync('/proc/stat', 'utf8')) - busyBefore;
    return Math.max(0, busy - own) / seconds / availableParallelism();
  };
}

/** CPU seconds spent by all programs and the kernel since the machine began, from /proc/stat (see proc(5)). */
export function busySeconds(stat: string): number {
  const line = stat.split('\n').find((one) => one.startsWith('cpu ')) ?? '';
  const [user, nice, system, , , irq, softirq, steal] = line.split(/\s+/).slice(1).map(Number);
  return ((user ?? 0) + (nice ?? 0) + (system ?? 0) + (irq ?? 0) + (softirq ?? 0) + (steal ?? 0)) / 100;
}
