import type { HealthCheck } from './check.ts';

/** How one run of a check ended: what went wrong (undefined if nothing), and the seconds it took. */
export type CheckRun = { failure: string | undefined; seconds: number };

/** Longest text of a failure. */
const MAX_TEXT = 500;

/** Runs a check under its time limit; never rejects. `scrub` takes secrets out of what an error says. */
export async function runCheck(
  { check }: Pick<HealthCheck, 'check'>,
  timeoutMs: number,
  scrub: (text: string) => string,
): Promise<CheckRun> {
  const start = performance.now();
  const ended = (failure?: string): CheckRun => ({ failure, seconds: (performance.now() - start) / 1000 });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    await Promise.race([check(), late]);
    return ended();
  } catch (error) {
    return ended(oneLine(scrub(error instanceof Error ? error.message : String(error))));
  } finally {
    clearTimeout(timer);
  }
}

/** A report has a line per check: what a dependency says must not look like another one. */
function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > MAX_TEXT ? `${line.slice(0, MAX_TEXT)}...` : line;
}
