import { tmpdir } from 'node:os';
import type { QuayConfig } from '@quay-observability/quay-config';
import { createDatabaseCheck } from './database-check.ts';
import { createDiskSpaceCheck } from './disk-space-check.ts';
import type { HealthListenerSettings } from './health-settings.ts';
import { createRedisCheck } from './redis-check.ts';
import type { CheckResult, ServiceCheck } from './service-check.ts';
import { createServiceKeyCheck } from './service-key-check.ts';
import { shareCheck, type SharedCheck, type ShareOptions } from './shared-check.ts';
import { createWorkerPingCheck } from './worker-ping-check.ts';
import { workerUrls } from './worker-urls.ts';

/** Checks that depend on which backend is configured. */
export type BackendChecks = {
  readonly auth: ServiceCheck;
  readonly storage: ServiceCheck;
  readonly preferredStorage: ServiceCheck;
};

export type HealthChecksOptions = BackendChecks & {
  readonly config: QuayConfig;
  readonly settings: Pick<HealthListenerSettings, 'registryPingUrl' | 'webPingUrl'>;
  readonly instanceSkips: readonly string[];
  readonly share: ShareOptions;
};

/** The checks of each path, in Python's order (contract section 10); one that two paths ask for is the same. */
export type HealthChecks = {
  readonly instance: readonly SharedCheck[];
  readonly endtoend: readonly SharedCheck[];
  readonly warning: readonly SharedCheck[];
};

/** Prepares every check; nothing is asked or connected before one is run. */
export function createHealthChecks(options: HealthChecksOptions): HealthChecks {
  const { config, settings, instanceSkips, share } = options;
  const { health } = config;
  const server = config.database.primary;
  const urls = workerUrls(health);
  const diskSpace = (name: 'disk_space' | 'disk_space_warning', threshold: number) =>
    createDiskSpaceCheck({
      name,
      threshold,
      setupComplete: health.setupComplete,
      workingFolder: process.cwd(),
      temporaryFolder: tmpdir(),
    });
  const shared = (checks: readonly ServiceCheck[]) => checks.map((check) => shareCheck(check, share));
  const isReadonly = config.registryState === 'readonly';
  const own = shared([
    createWorkerPingCheck('registry_gunicorn', settings.registryPingUrl ?? urls.registry),
    createWorkerPingCheck('web_gunicorn', settings.webPingUrl ?? urls.web),
    createServiceKeyCheck({ health, server }),
    diskSpace('disk_space', health.diskSpaceThreshold),
  ]);
  const global = shared([
    createDatabaseCheck(server),
    createRedisCheck(config.redis.buildLogs),
    unlessReadonly(isReadonly, options.storage, 'Storage check disabled for readonly mode'),
    options.auth,
  ]);
  const preferred = health.checkPreferredStorage
    ? shared([
        unlessReadonly(
          isReadonly,
          options.preferredStorage,
          'Preferred storage check disabled for readonly mode',
        ),
      ])
    : [];
  return {
    instance: [...own, ...global, ...preferred].filter(({ name }) => !instanceSkips.includes(name)),
    endtoend: global,
    warning: shared([diskSpace('disk_space_warning', health.diskSpaceWarningThreshold)]),
  };
}

/** Asks all of them at once; their names to what they found. */
export async function runChecks(checks: readonly SharedCheck[]): Promise<ReadonlyMap<string, CheckResult>> {
  return new Map(await Promise.all(checks.map(async ({ name, run }) => [name, await run()] as const)));
}

function unlessReadonly(isReadonly: boolean, check: ServiceCheck, message: string): ServiceCheck {
  if (!isReadonly) return check;
  return { name: check.name, check: () => Promise.resolve({ healthy: true, message }) };
}
