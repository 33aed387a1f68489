import { spawn, type ChildProcess } from 'node:child_process';

/** A line of an app's JSON log. */
export type Line = { message: string; levelname: string; data: Record<string, unknown> };

/** An app as its own process, and what it logs. `ended` resolves with its exit status. */
export type LoggedProcess = { child: ChildProcess; lines: Line[]; ended: Promise<number | null> };

/** Runs a file from source with these variables, PATH, and any free admin port. */
export function spawnLogged(file: string, env: Record<string, string>): LoggedProcess {
  const child = spawn(process.execPath, ['--conditions=@quay-observability/source', file], {
    env: { PATH: process.env.PATH, ADMIN_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: Line[] = [];
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) lines.push(JSON.parse(part) as Line);
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, lines, ended };
}
