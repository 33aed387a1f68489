import type { Database } from '@quay-observability/database';
import type { Logger } from '@quay-observability/logging';
import type { AppName, AppWithHttpWorkers } from '@quay-observability/metric-catalogue';
import type { Metrics, MetricsOptions } from '@quay-observability/metrics';
import type { QuayConfig, Setting, SettingsOf } from '@quay-observability/quay-config';
import type { RedisConnection } from '@quay-observability/redis';
import type { AppWithDatabase } from './connect-database.ts';
import type { ListenerName } from './http-listener.ts';
import type { HttpObserver } from './http-observer.ts';
import type { AnySwitchSource, OwnerSwitches } from './owner-switches/owner-switches.ts';
import type { HealthCheck } from '@quay-observability/health';

/** Settings of an app, by field; read from the environment together with those of every app. */
export type AppSettings = Readonly<Record<string, Setting<unknown>>>;

/** Which of Quay's three Redis settings a connection uses. */
export type RedisRole = 'pullMetrics' | 'userEvents' | 'buildLogs';

/** What an app is composed from. Connections made here are closed after the app has stopped. */
export type AppContext<App extends AppName, Settings extends AppSettings> = {
  /** As it was at the start. */
  config: QuayConfig;
  /** Called with the configuration in force when a reloadable key has changed; all other keys are those of the start. */
  onConfigReload: (changed: (config: QuayConfig) => void) => void;
  settings: SettingsOf<Settings>;
  log: Logger;
  metrics: Metrics<App>;
  /** Counts the requests of the app's public listener. */
  publicHttp: HttpObserver;
  /** Counts the requests of a further listener of the app; called once for each. */
  observeListener: (name: Exclude<ListenerName, 'admin' | 'public'>) => HttpObserver;
  addReadinessCheck: (check: HealthCheck) => void;
  /** Connects to the database; undefined without DB_URI, which makes the app unready if it is required. */
  connectDatabase: App extends AppWithDatabase
    ? (options: { required: boolean }) => Database | undefined
    : never;
  /** `maxBackoffMs` is the longest pause between two attempts to connect; 5000 unless told. */
  connectRedis: (role: RedisRole, options: { required: boolean; maxBackoffMs?: number }) => RedisConnection;
  /**
   * Follows the owner switches from the source that the settings name, or from `source`; called once. They are
   * polled, or known to be unavailable, before the app is started.
   */
  followOwnerSwitches: (source?: AnySwitchSource) => OwnerSwitches;
};

/** A composed app. */
export type ComposedApp = {
  /** Begins to serve or to work. */
  start: () => Promise<void>;
  /** Stops taking work and finishes what is in hand; resolves when done. */
  stop: () => Promise<void>;
  /** Base URL of the public listener once started; absent without one. */
  publicUrl?: () => string;
  /** What the app waits for before it does its work, in words for its log; absent if for nothing. */
  waitsFor?: string;
};

/** An app: its name, its settings, and how it is composed. Nothing happens before `runService`. */
export type AppDefinition<App extends AppName = AppName, Settings extends AppSettings = AppSettings> = {
  app: App;
  /** Port of the admin listener unless ADMIN_PORT tells another. */
  adminPort: number;
  settings: Settings;
  /** Label values that are known only at run time. */
  knownLabelValues?: (config: QuayConfig) => NonNullable<MetricsOptions<App>['known']>;
  /** How many processes are to serve, by the app's settings; absent for an app that works with one only. */
  httpWorkers?: App extends AppWithHttpWorkers ? (settings: SettingsOf<Settings>) => number : never;
  compose: (context: AppContext<App, Settings>) => ComposedApp;
};

/** Keeps the types of an app's name and settings while they are written down. */
export function defineApp<const App extends AppName, const Settings extends AppSettings>(
  definition: AppDefinition<App, Settings>,
): AppDefinition<App, Settings> {
  return definition;
}
