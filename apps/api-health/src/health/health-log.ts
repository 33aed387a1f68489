import type { Logger } from '@quay-observability/logging';
import type { Verdict } from './verdict.ts';

/** How long the same failure of the same path is not told again. */
const QUIET_MS = 60_000;

export type HealthLog = { told: (path: string, verdict: Verdict) => void };

/** Logs a failed verdict as Python does, but once a minute while the same services fail, not once a probe. */
export function createHealthLog(log: Pick<Logger, 'warning' | 'info'>): HealthLog {
  const failures = new Map<string, { readonly services: string; readonly quietUntil: number }>();
  return {
    told: (path, { healthy, expanded, notes }) => {
      const last = failures.get(path);
      if (healthy) {
        if (last !== undefined) log.info(`Health check passed again: ${path}.`);
        failures.delete(path);
        return;
      }
      const failed = Object.entries(expanded).filter(([, { status }]) => !status);
      const services = failed.map(([name]) => name).join();
      const now = performance.now();
      if (last?.services === services && now < last.quietUntil) return;
      failures.set(path, { services, quietUntil: now + QUIET_MS });
      log.warning('[FAILED HEALTH CHECK]', {
        check: path,
        services_expanded: expanded,
        // Once more by value: under the key `auth` a log line never shows anything.
        failed: failed.map(([service, { failure }]) => ({ service, failure })),
        notes,
      });
    },
  };
}
