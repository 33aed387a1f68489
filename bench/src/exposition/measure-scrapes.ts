import { setTimeout as sleep } from 'node:timers/promises';
import { threadCpuSecondsOf } from '../measure/cpu-time.ts';
import type { HttpClient } from '../measure/http-get.ts';
import type { Child } from '../measure/start-child.ts';
import { median } from '../measure/statistics.ts';

/** What one round of scrapes cost. */
export type ScrapeCost = {
  wallMs: number;
  cpuMs: number;
  /** Longest time the event loop was held in one piece during a scrape; undefined unless it is Node. */
  holdMs: number | undefined;
};

/** Time after an answer in which the server finishes what it does besides. */
const SETTLE_MS = 2;
const WATCHED_SCRAPES = 5;

/**
 * Scrapes again and again for `seconds`. With `changed`, every series is observed once before each
 * scrape; that costs nothing of what is measured.
 */
export async function measureScrapes(
  server: Child & { isNode: boolean },
  http: HttpClient,
  { changed, seconds }: { changed: boolean; seconds: number },
): Promise<ScrapeCost> {
  const prepare = async () => {
    if (changed) await http.json(`${server.url}/touch`);
    await sleep(SETTLE_MS);
  };
  const { pid } = server.process;
  const walls: number[] = [];
  const cpus: number[] = [];
  await http.sizeOf(`${server.url}/metrics`);
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end || walls.length < 3) {
    await prepare();
    const cpuBefore = threadCpuSecondsOf(pid);
    const before = performance.now();
    await http.sizeOf(`${server.url}/metrics`);
    walls.push(performance.now() - before);
    await sleep(SETTLE_MS);
    cpus.push((threadCpuSecondsOf(pid) - cpuBefore) * 1000);
  }
  const cpuMs = cpus.reduce((sum, one) => sum + one, 0) / cpus.length;
  return {
    wallMs: median(walls),
    cpuMs,
    holdMs: server.isNode ? await hold(server, http, prepare) : undefined,
  };
}

async function hold(server: Child, http: HttpClient, prepare: () => Promise<void>): Promise<number> {
  const holds: number[] = [];
  for (let at = 0; at < WATCHED_SCRAPES; at += 1) {
    await prepare();
    await http.sizeOf(`${server.url}/metrics?watch`);
    await sleep(SETTLE_MS);
    holds.push((await http.json(`${server.url}/longest-hold`)) as number);
  }
  return median(holds);
}
