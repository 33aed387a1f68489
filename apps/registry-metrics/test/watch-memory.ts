import { readFileSync } from 'node:fs';

/** The rise of the peak of resident memory over what it is now, in bytes. */
export function watchMemory(pid: number): { stop: () => number } {
  const residentBytes = (): number =>
    Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
  const before = residentBytes();
  let peak = before;
  const timer = setInterval(() => (peak = Math.max(peak, residentBytes())), 20).unref();
  return {
    stop: () => {
      clearInterval(timer);
      return Math.max(peak, residentBytes()) - before;
    },
  };
}
