import { CodedError } from '@quay-observability/coded-errors';
import { createLogger, parseLogSettings } from '@quay-observability/logging';
import type { AppName } from '@quay-observability/metric-catalogue';
import { readConfig, readSettings, readTogether } from '@quay-observability/quay-config';
import { activeTraceContext } from '@quay-observability/tracing';
import type { AppDefinition, AppSettings } from './app-definition.ts';
import { createService, type Service } from './create-service.ts';
import { createPrimary } from './http-workers/create-primary.ts';
import { WorkerStartFailed } from './http-workers/worker-pool.ts';
import {
  linkOfWorker,
  settingsOfWorker,
  sharesOutput,
  whenPrimaryIsGone,
} from './http-workers/worker-role.ts';
import type { ProcessTracing } from './instrument.ts';
import { readSwitchSettings } from './owner-switches/switch-settings.ts';
import { serviceSettings } from './service-settings.ts';
import { stopOnSignal, stopWorker } from './stop-on-signal.ts';

/** The parts of `process` that a service uses. */
export type HostProcess = Pick<NodeJS.Process, 'env' | 'on' | 'exit' | 'pid'>;

/** Exit status after a fault of the configuration (EX_CONFIG of sysexits.h). */
const EXIT_CONFIG = 78;

/**
 * Runs an app until it is told to stop: reads the configuration, composes, serves, and on SIGTERM or
 * SIGINT drains within the grace period. Uncaught errors are logged and end the process with status 1.
 * A second signal ends it at once.
 *
 * Where the app is to serve with several processes, this one starts them and watches over them; each of them runs
 * the same program and comes here as a worker.
 */
export async function runService<App extends AppName, Settings extends AppSettings>(
  definition: AppDefinition<App, Settings>,
  host: HostProcess,
  tracing: ProcessTracing,
): Promise<void> {
  const { env } = host;
  const link = definition.httpWorkers === undefined ? undefined : linkOfWorker(env);
  const log = createLogger({
    name: definition.app,
    ...parseLogSettings(env),
    shared: sharesOutput(env),
    traceContext: activeTraceContext,
  });
  let kill: () => void = () => undefined;
  const fail = (message: string, error: unknown, status = 1): never => {
    // A coded error says all an operator needs; the place in the code would only hide it.
    log.critical(message, error instanceof CodedError ? { code: error.code } : { error });
    log.flushSync();
    link?.tellNow();
    kill();
    return host.exit(status);
  };
  host.on('uncaughtException', (error) => fail('An uncaught error ends the process.', error));
  host.on('unhandledRejection', (reason) => fail('An unhandled rejection ends the process.', reason));
  if (link !== undefined)
    whenPrimaryIsGone(() => fail('The process that watches over this worker is gone.', undefined));

  let service: Service;
  try {
    const [configReading, given, switchSettings, own] = readTogether(
      () => readConfig(env),
      () => readSettings(env, serviceSettings(definition.adminPort)),
      () => readSwitchSettings(env),
      () => readSettings(env, definition.settings),
    );
    const { config } = configReading;
    const settings = link === undefined ? given : settingsOfWorker(given);
    // Said once, by the primary process.
    if (link === undefined) for (const warning of config.warnings) log.warning(warning);
    const workers = link === undefined ? (definition.httpWorkers?.(own) ?? 1) : 1;
    if (workers > 1) {
      const primary = createPrimary({ definition, config, settings, log, tracing, workers });
      kill = primary.kill;
      service = primary;
    } else {
      const parts = { definition, configReading, env, settings, switchSettings, own, log, tracing, link };
      service = createService(parts);
    }
  } catch (error) {
    const known = error instanceof CodedError;
    return fail(known ? error.message : 'The app could not be composed.', error, known ? EXIT_CONFIG : 1);
  }

  if (link === undefined) stopOnSignal(host, log, () => service.stop(), kill);
  else stopWorker(host, log, () => service.stop(), link);
  host.on('SIGHUP', () => {
    service.reloadConfig();
  });
  try {
    await service.start();
  } catch (error) {
    const status = error instanceof WorkerStartFailed ? error.status : 1;
    fail(error instanceof CodedError ? error.message : 'The app could not start.', error, status);
  }
}
