import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export type FlusherProcess = {
  /** Resolves when it has flushed once. */
  ready: Promise<unknown>;
  /** Errors of its flushes. */
  errors: string[];
  kill(): Promise<void>;
};

export function startFlusherProcess(env: Readonly<Record<string, string>>): FlusherProcess {
  const script = join(import.meta.dirname, 'fixtures/flusher-process.ts');
  const child = spawn(process.execPath, ['--conditions=@quay-observability/source', script], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const errors: string[] = [];
  const lines = createInterface({ input: child.stdout });
  const ready = once(lines, 'line');
  lines.on('line', (line) => {
    const { error } = JSON.parse(line) as { error?: string };
    if (error !== undefined) errors.push(error);
  });
  return {
    ready: Promise.race([ready, exited]),
    errors,
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
