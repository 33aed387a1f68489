import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pythonEnvironment } from '@quay-observability/testkit';

const SCRIPT = join(import.meta.dirname, '../../../tools/python-oracle/oracle/pull_flusher.py');
export const REDIS_DB = 1;

export type PythonCycle = { flushed: number; failed: number; error?: string };

/** Quay's flusher in Python, as a process. */
export type PythonFlusher = {
  /** One cycle, of up to 1000 keys; only without a pause. */
  cycle(): Promise<PythonCycle>;
  /** Flushes what is left, and ends; resolves to all its cycles. */
  stop(): Promise<PythonCycle[]>;
};

/** With `everySeconds` it flushes by itself, with such pauses. */
export async function startPythonFlusher(
  redisPort: number,
  uri: string,
  everySeconds?: number,
): Promise<PythonFlusher> {
  const { python } = await pythonEnvironment('quay');
  const mode = everySeconds === undefined ? ['stdin'] : ['loop', String(everySeconds)];
  const child = spawn(python, ['-B', SCRIPT, String(redisPort), String(REDIS_DB), uri, ...mode], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  const cycles: PythonCycle[] = [];
  const waiting: ((cycle: PythonCycle) => void)[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    const cycle = JSON.parse(line) as PythonCycle;
    cycles.push(cycle);
    waiting.shift()?.(cycle);
  });
  return {
    cycle: () => {
      const { promise, resolve } = Promise.withResolvers<PythonCycle>();
      waiting.push(resolve);
      child.stdin.write('\n');
      return promise;
    },
    stop: async () => {
      if (child.stdin.writable) child.stdin.end(everySeconds === undefined ? undefined : '\n');
      await ended;
      return cycles;
    },
  };
}
