import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@quay-observability/logging';
import type { AppName } from '@quay-observability/metric-catalogue';
import type { Metrics } from '@quay-observability/metrics';
import {
  reloadConfig,
  type ConfigReading,
  type Environment,
  type QuayConfig,
} from '@quay-observability/quay-config';
import { createChangedFileReader } from './read-changed-file.ts';
import { createReloadReport } from './reload-report.ts';

export type ConfigReloadOptions = {
  app: AppName;
  env: Environment;
  /** What the process started with. */
  reading: ConfigReading;
  /** Time between two looks at the file; 0 looks only when asked. */
  intervalMs: number;
  metrics: Metrics<AppName>;
  log: Logger;
};

export type ConfigReload = {
  /** Called when a reloadable key has changed, with the configuration in force. */
  onChange: (listener: (config: QuayConfig) => void) => void;
  /** Begins to look at the file from time to time. */
  start: () => void;
  /** Reads the file now, changed or not. */
  reload: () => void;
  close: () => void;
};

/**
 * Follows the configuration file. A change takes effect only in keys that are reloadable; a file that cannot be read
 * or is faulty changes nothing. Never throws, never ends the process.
 */
export function createConfigReload(options: ConfigReloadOptions): ConfigReload {
  const { app, env, reading, intervalMs, metrics, log } = options;
  const reader = createChangedFileReader(env, reading);
  const report = createReloadReport(metrics, log, reading.config.warnings);
  const listeners: ((config: QuayConfig) => void)[] = [];
  const closing = new AbortController();
  let inForce = reading;
  let isWaiting = false;
  let looks: Promise<void> = Promise.resolve();

  const look = async (always: boolean) => {
    try {
      const fresh = await reader.read({ always, signal: closing.signal });
      if (fresh === undefined || closing.signal.aborted) return;
      const reloaded = reloadConfig(app, inForce, fresh);
      inForce = reloaded.reading;
      if (reloaded.changed.length > 0) for (const listener of listeners) listener(inForce.config);
      report.succeeded(reloaded, fresh.config.warnings);
    } catch (error) {
      if (!closing.signal.aborted) report.failed(error, always);
    }
  };
  // One at a time, so that an older file never overtakes a newer one.
  const enqueue = (always: boolean): Promise<void> => (looks = looks.then(() => look(always)));

  return {
    onChange: (listener) => listeners.push(listener),
    start: () => {
      if (intervalMs > 0) void followEvery(intervalMs, () => enqueue(false), closing.signal);
    },
    reload: () => {
      // A look that has not begun serves every request until then.
      if (isWaiting) return;
      isWaiting = true;
      looks = looks.then(() => {
        isWaiting = false;
        return look(true);
      });
    },
    close: () => {
      closing.abort();
    },
  };
}

async function followEvery(intervalMs: number, look: () => Promise<void>, signal: AbortSignal) {
  while (!signal.aborted) {
    await sleep(intervalMs, undefined, { signal, ref: false }).catch(() => undefined);
    if (!signal.aborted) await look();
  }
}
