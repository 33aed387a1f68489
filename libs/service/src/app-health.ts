import {
  createLiveness,
  createReadiness,
  type CheckSetOptions,
  type Liveness,
  type Readiness,
} from '@quay-observability/health';
import { redactText, type Logger } from '@quay-observability/logging';
import type { AppName } from '@quay-observability/metric-catalogue';
import type { Metrics } from '@quay-observability/metrics';
import { observeChecks } from './health-observer.ts';
import type { ServiceSettings } from './service-settings.ts';

/** Time limit of a check, and how long probes share a run of all. */
const LIMITS = { timeoutMs: 2000, shareMs: 1000 };

export type AppHealthOptions = {
  settings: Pick<ServiceSettings, 'healthCheckSeconds' | 'healthFailureThreshold' | 'healthLoopLagSeconds'>;
  metrics: Metrics<AppName>;
  log: Logger;
};

/** The readiness and the liveness of one process, with log and metrics. */
export function createAppHealth(options: AppHealthOptions): { readiness: Readiness; liveness: Liveness } {
  return { readiness: createReadiness(checkOptions(options)), liveness: createAppLiveness(options) };
}

/** Whether this process can serve; `loopName` tells its event loop from those of processes that it exposes. */
export function createAppLiveness(options: AppHealthOptions, loopName?: string): Liveness {
  const maxLagMs = options.settings.healthLoopLagSeconds * 1000;
  return createLiveness({ ...checkOptions(options), maxLagMs, ...(loopName !== undefined && { loopName }) });
}

function checkOptions({ settings, metrics, log }: AppHealthOptions): CheckSetOptions {
  return {
    ...LIMITS,
    intervalMs: settings.healthCheckSeconds * 1000,
    failureThreshold: settings.healthFailureThreshold,
    scrub: redactText,
    onRun: observeChecks(metrics),
    onChange: ({ name, ok, required, message }) => {
      const fields = { check: name, required };
      if (ok) log.info(`Recovered: ${name}.`, fields);
      else log.warning(`Not well: ${name}: ${message}`, fields);
    },
  };
}
