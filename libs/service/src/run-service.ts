import { CodedError } from '@quay-observability/coded-errors';
import { createLogger, parseLogSettings, type Logger } from '@quay-observability/logging';
import type { AppName } from '@quay-observability/metric-catalogue';
import { readConfig, readSettings, readTogether } from '@quay-observability/quay-config';
import { activeTraceContext } from '@quay-observability/tracing';
import type { AppDefinition, AppSettings } from './app-definition.ts';
import { createService } from './create-service.ts';
import { takeOverSignals } from './early-signals.ts';
import type { ProcessTracing } from './instrument.ts';
import { readSwitchSettings } from './owner-switches/switch-settings.ts';
import { serviceSettings } from './service-settings.ts';

/** The parts of `process` that a service uses. */
export type HostProcess = Pick<NodeJS.Process, 'env' | 'on' | 'exit' | 'pid'>;

/** Exit status after a fault of the configuration (EX_CONFIG of sysexits.h). */
const EXIT_CONFIG = 78;

/**
 * Runs an app until it is told to stop: reads the configuration, composes, serves, and on SIGTERM or
 * SIGINT drains within the grace period. Uncaught errors are logged and end the process with status 1.
 * A second signal ends it at once.
 */
export async function runService<App extends AppName, Settings extends AppSettings>(
  definition: AppDefinition<App, Settings>,
  host: HostProcess,
  tracing: ProcessTracing,
): Promise<void> {
  const log = createLogger({
    name: definition.app,
    ...parseLogSettings(host.env),
    traceContext: activeTraceContext,
  });
  const fail = (message: string, error: unknown, status = 1): never => {
    // A coded error says all an operator needs; the place in the code would only hide it.
    log.critical(message, error instanceof CodedError ? { code: error.code } : { error });
    log.flushSync();
    return host.exit(status);
  };
  host.on('uncaughtException', (error) => fail('An uncaught error ends the process.', error));
  host.on('unhandledRejection', (reason) => fail('An unhandled rejection ends the process.', reason));

  let service: Awaited<ReturnType<typeof createService>>;
  try {
    const [configReading, settings, switchSettings, own] = readTogether(
      () => readConfig(host.env),
      () => readSettings(host.env, serviceSettings(definition.adminPort)),
      () => readSwitchSettings(host.env),
      () => readSettings(host.env, definition.settings),
    );
    for (const warning of configReading.config.warnings) log.warning(warning);
    const { env } = host;
    service = createService({ definition, configReading, env, settings, switchSettings, own, log, tracing });
  } catch (error) {
    const known = error instanceof CodedError;
    return fail(known ? error.message : 'The app could not be composed.', error, known ? EXIT_CONFIG : 1);
  }

  stopOnSignal(host, log, () => service.stop());
  host.on('SIGHUP', () => {
    service.reloadConfig();
  });
  try {
    await service.start();
  } catch (error) {
    fail(error instanceof CodedError ? error.message : 'The app could not start.', error);
  }
}

function stopOnSignal(host: HostProcess, log: Logger, stop: () => Promise<boolean>): void {
  let stopping = false;
  const exit = (status: number) => {
    log.flushSync();
    host.exit(status);
  };
  takeOverSignals((signal) => {
    if (stopping) {
      log.critical('A second signal ends the process at once.', { signal });
      return exit(1);
    }
    stopping = true;
    log.info('Stopping.', { signal });
    stop().then(
      (inTime) => exit(inTime ? 0 : 1),
      (error: unknown) => {
        log.critical('The shutdown failed.', { error });
        exit(1);
      },
    );
  });
}
