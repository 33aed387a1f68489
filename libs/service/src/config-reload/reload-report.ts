import type { Logger } from '@quay-observability/logging';
import type { AppName } from '@quay-observability/metric-catalogue';
import type { Metrics } from '@quay-observability/metrics';
import type { ConfigKeyName, ReloadedConfig } from '@quay-observability/quay-config';
import { createProblemLog } from '../owner-switches/log-problems.ts';

/** Counts and logs what became of a changed file: keys by name, and never a value. */
export type ReloadReport = {
  /** `warnings` are those of the new file. */
  succeeded(reloaded: Pick<ReloadedConfig, 'changed' | 'needRestart'>, warnings: readonly string[]): void;
  /** Counted once as long as the fault stays the same, or each time it was asked for. */
  failed(error: unknown, wasAsked: boolean): void;
};

/** The reading at the start counts as successful, and as no reload; its warnings have been told. */
export function createReloadReport(
  metrics: Metrics<AppName>,
  log: Logger,
  warnings: readonly string[],
): ReloadReport {
  const reloads = metrics.counter('quay_config_reloads_total');
  const lastSuccessful = metrics.gauge('quay_config_last_reload_successful');
  const lastSuccess = metrics.gauge('quay_config_last_reload_success_timestamp_seconds');
  for (const outcome of ['success', 'failure'] as const) reloads.inc({ outcome }, 0);
  const isWell = () => {
    lastSuccessful.set({}, 1);
    lastSuccess.set({}, Date.now() / 1000);
  };
  isWell();

  const problems = createProblemLog(
    log,
    'The configuration is not reloaded, and the last good one stays in force:',
    'The configuration can be read again.',
  );
  let waitingForRestart: readonly ConfigKeyName[] = [];
  let told = warnings;
  return {
    succeeded: ({ changed, needRestart }, newWarnings) => {
      reloads.inc({ outcome: 'success' });
      isWell();
      problems.recovered();
      if (changed.length > 0) log.info('The configuration has changed.', { keys: changed });
      const newlyWaiting = needRestart.filter((key) => !waitingForRestart.includes(key));
      waitingForRestart = needRestart;
      if (newlyWaiting.length > 0)
        log.warning('Keys of the configuration have changed that wait for a restart.', {
          keys: newlyWaiting,
        });
      for (const warning of newWarnings) if (!told.includes(warning)) log.warning(warning);
      told = newWarnings;
    },
    failed: (error, wasAsked) => {
      const before = problems.cause();
      problems.failed(error);
      lastSuccessful.set({}, 0);
      if (wasAsked || problems.cause() !== before) reloads.inc({ outcome: 'failure' });
    },
  };
}
