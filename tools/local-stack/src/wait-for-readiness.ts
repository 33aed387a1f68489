import { setTimeout as sleep } from 'node:timers/promises';
import type { StackApp } from './apps.ts';

/** The servers that an app's readiness can depend on, as `/readyz` names them; undefined is not there. */
export type NeededServers = { database: unknown; redis: unknown; registry: unknown };

const FAILED_CHECK = /^\[-\](\S+) failed/gm;
const INTERVAL_MS = 50;

/**
 * Waits until every app that runs is ready, and gives those that are not after `timeoutMs`. An app that
 * lacks nothing but servers that were left out is not waited for: it cannot become ready.
 */
export async function waitForReadiness<App extends Pick<StackApp, 'admin' | 'process'>>(
  apps: readonly App[],
  servers: NeededServers,
  timeoutMs: number,
): Promise<App[]> {
  const giveUpMs = performance.now() + timeoutMs;
  const settled = await Promise.all(
    apps.map(async (app) => {
      for (;;) {
        if (app.process === undefined || app.process.exit() !== undefined) return false;
        const failed = await failedChecks(app.admin);
        if (failed?.every((name) => name in servers && servers[name as keyof NeededServers] === undefined))
          return true;
        if (performance.now() >= giveUpMs) return false;
        await sleep(INTERVAL_MS);
      }
    }),
  );
  return apps.filter((_app, index) => !settled[index]);
}

/** The required checks that fail, by name; undefined if the app does not answer, or not with a report. */
async function failedChecks(admin: string): Promise<string[] | undefined> {
  try {
    const response = await fetch(`${admin}/readyz`, { signal: AbortSignal.timeout(3000) });
    const report = await response.text();
    if (response.ok) return [];
    const names = [...report.matchAll(FAILED_CHECK)].map(([, name = '']) => name);
    return names.length === 0 ? undefined : names;
  } catch {
    return undefined;
  }
}
