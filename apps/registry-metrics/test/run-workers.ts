import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { waitUntil, type RunningApp } from '@quay-observability/testkit';
import { runApp } from './run-app.ts';

export type RunningWorkers = RunningApp & {
  /** Process ids of the workers that there are. */
  pids(): number[];
  /** Waits until all of them serve. */
  complete(): Promise<void>;
};

/** The app with several workers, all of which serve. */
export async function runWorkers(
  upstreamUrl: string,
  workers: number,
  env: Record<string, string> = {},
): Promise<RunningWorkers> {
  const app = await runApp(upstreamUrl, { HTTP_WORKERS: String(workers), ...env });
  const complete = async (): Promise<void> => {
    await waitUntil(
      'all workers to serve',
      async () => {
        const answer = await fetch(`${app.adminUrl}/readyz?verbose`);
        return answer.ok && (await answer.text()).includes('[+]http workers ok');
      },
      { timeoutMs: 60_000 },
    );
  };
  await complete();
  return { ...app, pids: () => childrenOf(app.process.pid), complete };
}

export function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return text === '' ? [] : text.split(' ').map(Number);
}

/** Sockets that a process has open. */
export function socketsOf(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).filter((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`).startsWith('socket:');
    } catch {
      // Closed meanwhile.
      return false;
    }
  }).length;
}

export function isAlive(pid: number): boolean {
  try {
    // A zombie is gone, but for its parent to notice.
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
