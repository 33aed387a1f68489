import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/** Starts a fixture with the node that runs the tests, from source. */
export function startChild(
  fixture: string,
  args: readonly string[],
  stdio: StdioOptions = 'pipe',
): ChildProcess {
  const path = fileURLToPath(new URL(`fixtures/${fixture}`, import.meta.url));
  return spawn(process.execPath, ['--conditions=@quay-observability/source', path, ...args], { stdio });
}

export type ChildEnd = { code: number | null; signal: NodeJS.Signals | null; stdout: string; stderr: string };

/** Waits for the end of a child and of its output. */
export async function endOf(child: ChildProcess): Promise<ChildEnd> {
  const ended = new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve([code, signal]));
  });
  const [stdout, stderr] = await Promise.all([
    child.stdout === null ? '' : text(child.stdout),
    child.stderr === null ? '' : text(child.stderr),
  ]);
  const [code, signal] = await ended;
  return { code, signal, stdout, stderr };
}

/** The numbers of the `line N` messages in a log, in order; a line that is cut fails to parse. */
export function lineNumbers(log: string): number[] {
  const lines = log.split('\n');
  if (lines.pop() !== '') throw new Error('the log ends within a line');
  return lines.flatMap((line) => {
    const message = line.startsWith('{')
      ? (JSON.parse(line) as { message: string }).message
      : (/^\d{4}-.{18} \[\d+\] \[\w+\] \[child\] (line \d+|goodbye)(?: \{.*\})?$/.exec(line)?.[1] ??
        `cut: ${line}`);
    if (message === 'goodbye') return [];
    const number = /^line (\d+)$/.exec(message)?.[1];
    if (number === undefined) throw new Error(`no such line was logged: ${line}`);
    return [Number(number)];
  });
}

/** Whether numbers are 0, 1, 2, ... up to `count`. */
export function isUnbroken(numbers: readonly number[], count: number): boolean {
  return numbers.length === count && numbers.every((number, index) => number === index);
}
