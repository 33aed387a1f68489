import { setTimeout as sleep } from 'node:timers/promises';
import { OCI_MANIFEST } from './push-manifest.ts';

/** A manifest request. */
export type PullRequest = { path: string; method: 'GET' | 'HEAD' };

export type PullLoad = {
  /** Successful pulls so far, by path. */
  readonly served: ReadonlyMap<string, number>;
  /** What was answered otherwise, or not at all. */
  readonly failures: readonly string[];
};

/** Pulls in turn, so many at a time without a pause, while `work` runs; all requests have ended when it resolves. */
export async function duringPulls(
  origin: string,
  requests: readonly PullRequest[],
  atATime: number,
  work: (load: PullLoad) => Promise<void>,
): Promise<PullLoad> {
  const served = new Map<string, number>();
  const failures: string[] = [];
  let turn = 0;
  let stopped = false;
  const client = async (): Promise<void> => {
    while (!stopped) {
      const { path, method } = requests[turn++ % requests.length]!;
      try {
        const answer = await fetch(origin + path, { method, headers: { Accept: OCI_MANIFEST } });
        await answer.arrayBuffer();
        if (answer.status === 200) served.set(path, (served.get(path) ?? 0) + 1);
        else failures.push(`${method} ${path}: ${answer.status}`);
      } catch (error) {
        failures.push(`${method} ${path}: ${String(error)}`);
        await sleep(20);
      }
    }
  };
  const clients = Array.from({ length: atATime }, client);
  const load = { served, failures };
  try {
    await work(load);
  } finally {
    stopped = true;
    await Promise.all(clients);
  }
  return load;
}

export function total(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}
