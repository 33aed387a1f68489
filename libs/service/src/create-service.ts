import { setTimeout as sleep } from 'node:timers/promises';
import { CodedError } from '@quay-observability/coded-errors';
import type { Logger } from '@quay-observability/logging';
import type { AppName } from '@quay-observability/metric-catalogue';
import { createMetrics, type Metrics } from '@quay-observability/metrics';
import type { ConfigReading, Environment, SettingsOf } from '@quay-observability/quay-config';
import { createAdminServer } from './admin-server.ts';
import type { AppContext, AppDefinition, AppSettings } from './app-definition.ts';
import { createConfigReload } from './config-reload/create-config-reload.ts';
import { connectDatabase, type AppWithDatabase } from './connect-database.ts';
import { connectRedis } from './connect-redis.ts';
import { createHttpObserver } from './http-observer.ts';
import type { ProcessTracing } from './instrument.ts';
import { connectSwitches, type ConnectedSwitches } from './owner-switches/connect-switches.ts';
import { SWITCH_LABEL_VALUES } from './owner-switches/switch-metrics.ts';
import type { SwitchSettings } from './owner-switches/switch-settings.ts';
import { createReadiness } from './readiness.ts';
import type { serviceSettings } from './service-settings.ts';
import { VERSION } from './version.ts';

export type ServiceOptions<App extends AppName, Settings extends AppSettings> = {
  definition: AppDefinition<App, Settings>;
  configReading: ConfigReading;
  env: Environment;
  settings: SettingsOf<ReturnType<typeof serviceSettings>>;
  switchSettings: SwitchSettings;
  /** The app's own settings. */
  own: SettingsOf<Settings>;
  log: Logger;
  tracing: ProcessTracing;
};

/** A composed service. `stop` resolves to whether all work ended within the grace period. */
export type Service = {
  start: () => Promise<void>;
  stop: () => Promise<boolean>;
  /** Reads the configuration file now. */
  reloadConfig: () => void;
};

/** Readiness checks: time limit, sharing between probes, and how often it is looked without a probe. */
const READINESS = { timeoutMs: 2000, shareMs: 1000, intervalMs: 5000 };
/** Share of the grace period that the app's own work may use; the rest closes connections and flushes. */
const APP_SHARE_OF_GRACE = 0.8;

/** Wires an app to its metrics, admin listener, connections and tracing. Nothing runs before `start`. */
export function createService<App extends AppName, Settings extends AppSettings>(
  options: ServiceOptions<App, Settings>,
): Service {
  const { definition, settings, own, log, tracing } = options;
  const { config } = options.configReading;
  const { app } = definition;
  const metrics = createMetrics<App>({
    app,
    runtime: settings.runtimeLabel,
    openMetrics: settings.openMetrics,
    maxSeriesPerMetric: settings.maxSeries,
    known: { ...SWITCH_LABEL_VALUES, ...definition.knownLabelValues?.(config) },
    onCollectFailed: (metric, error) => log.warning('A metric could not be read.', { metric, error }),
  });
  // Narrowed to the metrics that every app has.
  const shared = metrics as unknown as Metrics<AppName>;
  shared.gauge('quay_app_info').set({ app, version: VERSION }, 1);
  countSpans(shared, tracing, log);
  const configReload = createConfigReload({
    app,
    env: options.env,
    reading: options.configReading,
    intervalMs: settings.configReloadSeconds * 1000,
    metrics: shared,
    log: log.child('config'),
  });

  const readiness = createReadiness({
    ...READINESS,
    onChange: ({ name, ok, required, message }) => {
      const fields = { check: name, required };
      if (ok) log.info(`Recovered: ${name}.`, fields);
      else log.warning(`Not well: ${name}: ${message}`, fields);
    },
  });
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
  const admin = createAdminServer({
    host: settings.adminHost,
    port: settings.adminPort,
    metrics: shared,
    readiness,
    onError: (message, error) => log.error(message, { error }),
  });

  const stopping = new AbortController();
  let started: Promise<void> = Promise.resolve();
  const begin = async () => {
    await admin.listen();
    await switches?.start(stopping.signal);
    if (stopping.signal.aborted) return;
    await composed.start();
    if (stopping.signal.aborted) return;
    configReload.start();
    readiness.markStarted();
    const publicUrl = composed.publicUrl?.();
    log.info(`${app} is up.`, {
      adminUrl: admin.url(),
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
      stopping.abort();
      configReload.close();
      readiness.markStopping();
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
      // Metrics stay readable until the work is done: the last scrape sees the last pull.
      const ends = [...closers, () => admin.close(), () => tracing.shutdown()];
      const closed = await Promise.all(
        ends.map((end) => within(limits.closeMs, end, log, 'closing connections')),
      );
      const allClosed = closed.every(Boolean);
      log.info('Stopped.', { drained, closed: allClosed });
      await log.flush();
      return drained && allClosed;
    },
  };
}

/** Divides the grace period, in milliseconds: the delay, the app's own work, and closing connections. */
function shutdownLimits(graceMs: number, wantedDelayMs: number) {
  const delayMs = Math.min(wantedDelayMs, graceMs / 2);
  const drainMs = (graceMs - delayMs) * APP_SHARE_OF_GRACE;
  return { delayMs, drainMs, closeMs: graceMs - delayMs - drainMs };
}

function countSpans(metrics: Metrics<AppName>, tracing: ProcessTracing, log: Logger): void {
  const spans = metrics.counter('quay_tracing_spans_total');
  const tracingLog = log.child('tracing');
  tracing.observe({
    onProblem: (message, fields) => tracingLog.warning(message, fields),
    onRecovery: (message, fields) => tracingLog.info(message, fields),
    onExport: ({ reason, spans: count }) => spans.inc({ outcome: reason ?? 'exported' }, count),
  });
}

/** Whether `work` ended well within the limit; what went wrong is logged. */
async function within(
  limitMs: number,
  work: () => Promise<unknown>,
  log: Logger,
  what: string,
): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new CodedError('SHUTDOWN_TIMED_OUT', `${what} did not end within ${limitMs} ms`));
    }, limitMs);
  });
  try {
    await Promise.race([work(), late]);
    return true;
  } catch (error) {
    log.error('The shutdown is not clean.', { error });
    return false;
  } finally {
    clearTimeout(timer);
  }
}
