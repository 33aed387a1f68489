import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pythonEnvironment } from '@quay-observability/testkit';

/** What the real python-redis-lock is asked to do. */
export type LockRequest = {
  command: 'acquire' | 'release' | 'extend' | 'increment';
  lock: string;
  /** Seconds. */
  ttl: number;
  /** Acts with this token instead of its own. */
  token?: string;
  times?: number;
  arguments?: Record<string, unknown>;
};

/** A Python process that holds locks; `ask` resolves to what the library answers, or the name of its exception. */
export type PythonLocks = { ask(request: LockRequest): Promise<unknown>; stop(): Promise<void> };

export async function startPythonLocks(redisPort: number, db: number): Promise<PythonLocks> {
  const { python } = await pythonEnvironment('quay');
  const script = join(import.meta.dirname, '../oracle/lock_peer.py');
  const child = spawn(python, ['-B', script, String(redisPort), String(db)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    ask: async (request) => {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      const { value } = await answers.next();
      const { answer, error } = JSON.parse(value ?? '{}') as { answer?: unknown; error?: string };
      return error ?? answer;
    },
    stop: async () => {
      child.stdin.end();
      await ended;
    },
  };
}
