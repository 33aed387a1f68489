import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@quay-observability/logging';
import type { AppName } from '@quay-observability/metric-catalogue';
import type { ConfigReading, Environment, SettingsOf } from '@quay-observability/quay-config';
import { createAppHealth } from './app-health.ts';
import { createAppMetrics, sharedOf } from './app-metrics.ts';
import type { AppContext, AppDefinition, AppSettings } from './app-definition.ts';
import { createConfigReload } from './config-reload/create-config-reload.ts';
import { connectDatabase, type AppWithDatabase } from './connect-database.ts';
import { connectRedis } from './connect-redis.ts';
import { createHttpObserver } from './http-observer.ts';
import { exposeWorkers } from './http-workers/expose-workers.ts';
import type { WorkerLink } from './http-workers/worker-link.ts';
import type { ProcessTracing } from './instrument.ts';
import { connectSwitches, type ConnectedSwitches } from './owner-switches/connect-switches.ts';
import type { SwitchSettings } from './owner-switches/switch-settings.ts';
import { reportOnListener, reportToPrimary } from './reporting.ts';
import type { ServiceSettings } from './service-settings.ts';
import { lastWords, shutdownLimits, within } from './shutdown.ts';
import { VERSION } from './version.ts';

export type ServiceOptions<App extends AppName, Settings extends AppSettings> = {
  definition: AppDefinition<App, Settings>;
  configReading: ConfigReading;
  env: Environment;
  settings: ServiceSettings;
  switchSettings: SwitchSettings;
  /** The app's own settings. */
  own: SettingsOf<Settings>;
  log: Logger;
  tracing: ProcessTracing;
  /** Of a worker, which has no admin listener. */
  link?: WorkerLink | undefined;
};

/** A composed service. `stop` resolves to whether all work ended within the grace period. */
export type Service = {
  start: () => Promise<void>;
  stop: () => Promise<boolean>;
  /** Reads the configuration file now. */
  reloadConfig: () => void;
};

/** Wires an app to its metrics, admin listener, connections and tracing. Nothing runs before `start`. */
export function createService<App extends AppName, Settings extends AppSettings>(
  options: ServiceOptions<App, Settings>,
): Service {
  const { definition, settings, own, log, tracing, link } = options;
  const { config } = options.configReading;
  const { app } = definition;
  const metrics = createAppMetrics({ ...options, config });
  const shared = sharedOf(metrics);
  const configReload = createConfigReload({
    app,
    env: options.env,
    reading: options.configReading,
    intervalMs: settings.configReloadSeconds * 1000,
    metrics: shared,
    log: log.child('config'),
  });

  const { readiness, liveness } = createAppHealth({ settings, metrics: shared, log });
  const closers: (() => Promise<void>)[] = [];
  let switches: ConnectedSwitches | undefined;
  const context: AppContext<App, Settings> = {
    config,
    onConfigReload: configReload.onChange,
    settings: own,
    log,
    metrics,
    publicHttp: createHttpObserver(shared, 'public'),
    observeListener: (name) => createHttpObserver(shared, name),
    addReadinessCheck: (check) => readiness.add(check),
    connectDatabase: (({ required }: { required: boolean }) => {
      const database = connectDatabase({
        app: app as AppWithDatabase,
        config,
        metrics: metrics,
        log: log.child('database'),
        readiness,
        required,
      });
      if (database !== undefined) closers.push(() => database.close());
      return database;
    }) as AppContext<App, Settings>['connectDatabase'],
    connectRedis: (role, { required, maxBackoffMs }) => {
      const redis = connectRedis({
        role,
        config,
        log: log.child('redis'),
        readiness,
        required,
        maxBackoffMs,
      });
      closers.push(() => redis.close());
      return redis;
    },
    followOwnerSwitches: (source) => {
      if (switches !== undefined) throw new Error('the owner switches are followed already');
      const followed = connectSwitches({
        app,
        config,
        env: options.env,
        settings: options.switchSettings,
        metrics: shared,
        log: log.child('switches'),
        readiness,
        source,
      });
      closers.push(() => followed.close());
      switches = followed;
      return followed;
    },
  };
  const composed = definition.compose(context);
  const reporting =
    link === undefined
      ? reportOnListener({ settings, metrics: shared, readiness, liveness, log })
      : reportToPrimary(link, { metrics: shared, readiness });
  let isServing = false;
  if (link === undefined && definition.httpWorkers !== undefined)
    exposeWorkers(metrics, () => ({
      serving: isServing ? 1 : 0,
      silent: 0,
    }));

  const stopping = new AbortController();
  let started: Promise<void> = Promise.resolve();
  const begin = async () => {
    liveness.start();
    await reporting.begin();
    await switches?.start(stopping.signal);
    if (stopping.signal.aborted) return;
    await composed.start();
    if (stopping.signal.aborted) return;
    configReload.start();
    readiness.markStarted();
    isServing = true;
    const publicUrl = composed.publicUrl?.();
    reporting.serving(publicUrl);
    const adminUrl = reporting.adminUrl();
    log.info(link === undefined ? `${app} is up.` : `A worker of ${app} is up.`, {
      ...(adminUrl === undefined ? {} : { adminUrl }),
      ...(publicUrl === undefined ? {} : { publicUrl }),
      version: VERSION,
    });
    if (composed.waitsFor !== undefined) log.info(`Idle: ${composed.waitsFor}`);
  };

  return {
    reloadConfig: configReload.reload,
    start: () => {
      if (!stopping.signal.aborted) started = begin();
      return started;
    },
    stop: async () => {
      const flushLog = lastWords(log, settings.shutdownGraceSeconds * 1000);
      stopping.abort();
      configReload.close();
      readiness.markStopping();
      reporting.stopping();
      const limits = shutdownLimits(
        settings.shutdownGraceSeconds * 1000,
        settings.shutdownDelaySeconds * 1000,
      );
      // Load balancers send requests until they have noticed.
      await sleep(limits.delayMs);
      const drain = async () => {
        // Whatever went wrong at the start has been told there.
        await started.catch(() => undefined);
        await composed.stop();
      };
      const drained = await within(limits.drainMs, drain, log, 'work in hand');
      readiness.close();
      liveness.close();
      // Metrics stay readable until the work is done: the last scrape sees the last pull.
      const ends = [...closers, () => reporting.close(), () => tracing.shutdown()];
      const closed = await Promise.all(
        ends.map((end) => within(limits.closeMs, end, log, 'closing connections')),
      );
      const allClosed = closed.every(Boolean);
      log.info('Stopped.', { drained, closed: allClosed });
      await flushLog();
      return drained && allClosed;
    },
  };
}
