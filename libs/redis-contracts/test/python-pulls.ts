import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pythonEnvironment } from '@quay-observability/testkit';

const ORACLE = join(import.meta.dirname, '../../../tools/python-oracle/oracle');

/** A Python process that tracks pulls as Quay does; `ask` resolves to the answer, or `{error}` with the refusal. */
export type PythonPulls = {
  ask(command: 'track' | 'read' | 'track_many', args: Record<string, unknown>): Promise<unknown>;
  stop(): Promise<void>;
};

export async function startPythonPulls(redisPort: number, db: number): Promise<PythonPulls> {
  const { python } = await pythonEnvironment('quay');
  const script = join(import.meta.dirname, 'oracle/pull_peer.py');
  const child = spawn(python, ['-B', script, String(redisPort), String(db)], {
    env: { PATH: process.env.PATH, PYTHONPATH: ORACLE },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    ask: async (command, args) => {
      child.stdin.write(`${JSON.stringify({ command, arguments: args })}\n`);
      const { value } = await answers.next();
      if (value === undefined) throw new Error('the Python peer has ended');
      const { answer, error } = JSON.parse(value) as { answer?: unknown; error?: string };
      return error === undefined ? answer : { error };
    },
    stop: async () => {
      child.stdin.end();
      await ended;
    },
  };
}
