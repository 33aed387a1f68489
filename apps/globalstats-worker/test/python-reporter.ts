import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pythonEnvironment } from '@quay-observability/testkit';

/** Python's program, which does a round when it is told to. */
export type PythonReporter = {
  /** Repositories that it counted under the lock; null because somebody else held that. */
  report(): Promise<number | null>;
  stop(): Promise<void>;
};

export async function startPythonReporter(uri: string, redisPort: number): Promise<PythonReporter> {
  const { python } = await pythonEnvironment('quay');
  const script = join(import.meta.dirname, 'oracle/report_once.py');
  const child = spawn(python, ['-B', script, uri, String(redisPort)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    report: async () => {
      child.stdin.write('report\n');
      const { value, done } = await answers.next();
      if (done === true) throw new Error('the reporter of Python has ended');
      return JSON.parse(value) as number | null;
    },
    stop: async () => {
      child.stdin.end();
      await ended;
    },
  };
}
