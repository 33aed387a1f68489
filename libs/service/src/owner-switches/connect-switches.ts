import type { Logger } from '@quay-observability/logging';
import type { AppName } from '@quay-observability/metric-catalogue';
import type { Metrics } from '@quay-observability/metrics';
import type { Environment, QuayConfig } from '@quay-observability/quay-config';
import {
  forcedByEnvironment,
  readServiceOverrides,
  snapshotFromEnvironment,
} from '@quay-observability/owner-switch';
import { join } from 'node:path';
import type { Readiness } from '@quay-observability/health';
import { createControllerSource } from './controller-source.ts';
import { createOwnerSwitches, type FollowedSwitches } from './create-owner-switches.ts';
import { createFixedSwitches } from './fixed-switches.ts';
import { createFileSource } from './file-source.ts';
import { createLastKnownGood } from './last-known-good.ts';
import type { AnySwitchSource } from './owner-switches.ts';
import { createSwitchKeeper } from './switch-keeper.ts';
import { bindSwitchMetrics } from './switch-metrics.ts';
import type { SwitchSettings } from './switch-settings.ts';

export type ConnectSwitchesOptions = {
  readonly app: AppName;
  readonly config: QuayConfig;
  readonly env: Environment;
  readonly settings: SwitchSettings;
  readonly metrics: Metrics<AppName>;
  readonly log: Logger;
  readonly readiness: Readiness;
  /** In the place of the one that the settings name. */
  readonly source: AnySwitchSource | undefined;
};

/** What an app decides with, started and stopped by the service. */
export type ConnectedSwitches = Pick<
  FollowedSwitches,
  'route' | 'worker' | 'state' | 'onChange' | 'start' | 'close'
>;

/** Connects an app to its source of owner switches, with metrics, log and a readiness check that only degrades. */
export function connectSwitches(options: ConnectSwitchesOptions): ConnectedSwitches {
  const { app, config, env, settings, metrics, log, readiness } = options;
  const overrides = readServiceOverrides(config.overrideServices);
  const forced = forcedByEnvironment(env);
  if (forced)
    log.warning(
      'MIGRATION_FORCE_PYTHON is set in the environment: everything belongs to python until a restart without it.',
    );

  const source = options.source ?? createSource(settings, app);
  if (source === undefined) {
    const parsed = snapshotFromEnvironment(env, new Date());
    const keeper = createSwitchKeeper({ forced, fixed: parsed.snapshot });
    const decided = bindSwitchMetrics(metrics, app, keeper).decided;
    return createFixedSwitches({ parsed, keeper, overrides, count: decided, log });
  }

  // An app with a source of its own knows what it does with the environment.
  if (options.source === undefined) warnOfIgnored(env, source.name, log);
  const keeper = createSwitchKeeper({ forced });
  const switches = createOwnerSwitches({
    source,
    interval: { minMs: settings.pollMinMs, maxMs: settings.pollMaxMs },
    store: createLastKnownGood(join(settings.stateDir, app), source.name, log),
    keeper,
    overrides,
    metrics: bindSwitchMetrics(metrics, app, keeper),
    log,
  });
  readiness.add({
    name: 'owner switches',
    required: false,
    check: () => {
      const trouble = switches.trouble();
      return trouble === undefined ? Promise.resolve() : Promise.reject(new Error(trouble));
    },
  });
  return switches;
}

function createSource({ source }: SwitchSettings, app: AppName): AnySwitchSource | undefined {
  switch (source.kind) {
    case 'environment':
      return undefined;
    case 'file':
      return createFileSource(source.path);
    case 'controller':
      return createControllerSource(source.url, app);
  }
}

/** A restart must not bring back an owner that was rolled back while the process ran. */
function warnOfIgnored(env: Environment, source: string, log: Logger): void {
  const ignored = Object.keys(env)
    .filter((name) => /^(?:ROUTE_OWNER|WORKER_OWNER|ROUTE_CANARY)_/.test(name))
    .sort();
  if (ignored.length > 0)
    log.warning('Owner switches in the environment have no effect beside a source that can change.', {
      source,
      ignored,
    });
}
