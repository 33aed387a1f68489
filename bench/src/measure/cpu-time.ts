import { readdirSync, readFileSync } from 'node:fs';

/** One line of /proc/<pid>/stat, as far as CPU time goes. `ticks` are the process's own and its ended children's. */
export type ProcessStat = { pid: number; parent: number; ticks: number };

// USER_HZ: fixed at 100 on every architecture that Node runs on.
const TICKS_PER_SECOND = 100;

/** Parses /proc/<pid>/stat (see proc(5)): pid, ppid, utime + stime + cutime + cstime. */
export function parseStat(text: string): ProcessStat {
  // The name stands in parentheses and may itself hold spaces and parentheses.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const field = (number: number) => Number(fields[number - 3]);
  return {
    pid: Number.parseInt(text, 10),
    parent: field(4),
    ticks: field(14) + field(15) + field(16) + field(17),
  };
}

/** Ticks of a process and all its living descendants. */
export function ticksOfTree(pid: number, all: readonly ProcessStat[]): number {
  const own = all.find((one) => one.pid === pid)?.ticks ?? 0;
  const children = all.filter(({ parent }) => parent === pid);
  return children.reduce((sum, child) => sum + ticksOfTree(child.pid, all), own);
}

/**
 * CPU seconds (user and system) that a process, its children and theirs have used so far, in steps of
 * 10 ms: measure spans of a second or more. Linux only.
 */
export function cpuSecondsOf(pid: number): number {
  return ticksOfTree(pid, readAllStats()) / TICKS_PER_SECOND;
}

/**
 * CPU seconds that the living threads of one process have used so far, to the microsecond: for spans of
 * milliseconds, of processes without children whose threads do not end. Linux with schedstat only.
 */
export function threadCpuSecondsOf(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const nanoseconds = threads.map((thread) =>
    Number.parseInt(readIfThere(`/proc/${pid}/task/${thread}/schedstat`) ?? '0', 10),
  );
  const total = nanoseconds.reduce((sum, one) => sum + one, 0);
  if (total === 0) throw new Error('this kernel keeps no schedstat: CPU time per scrape cannot be measured');
  return total / 1e9;
}

/** CPU seconds that a process and its children use while `work` runs, and the time that passes. */
export async function withCpuTime<Result>(
  pid: number,
  work: () => Promise<Result>,
): Promise<{ result: Result; cpuSeconds: number; seconds: number }> {
  const cpuBefore = cpuSecondsOf(pid);
  const before = performance.now();
  const result = await work();
  const seconds = (performance.now() - before) / 1000;
  return { result, cpuSeconds: cpuSecondsOf(pid) - cpuBefore, seconds };
}

function readAllStats(): ProcessStat[] {
  if (process.platform !== 'linux')
    throw new Error('CPU time is read from /proc: this benchmark needs Linux');
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map((pid) => readIfThere(`/proc/${pid}/stat`))
    .flatMap((text) => (text === undefined ? [] : [parseStat(text)]));
}

/** Undefined if it ended between the listing and the reading. */
function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
