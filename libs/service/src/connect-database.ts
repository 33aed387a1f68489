import { createDatabase, type Database, type DatabaseObserver } from '@quay-observability/database';
import type { Logger } from '@quay-observability/logging';
import type { APPS_WITH_DATABASE } from '@quay-observability/metric-catalogue';
import type { Metrics } from '@quay-observability/metrics';
import type { QuayConfig } from '@quay-observability/quay-config';
import type { Readiness } from '@quay-observability/health';

/** An app that holds a database pool. */
export type AppWithDatabase = (typeof APPS_WITH_DATABASE)[number];

export type ConnectDatabaseOptions = {
  app: AppWithDatabase;
  config: QuayConfig;
  metrics: Metrics<AppWithDatabase>;
  log: Logger;
  readiness: Readiness;
  /** Whether the app is unready without it. */
  required: boolean;
};

/** Time limit of the readiness check's query. */
const PING_TIMEOUT_MS = 1500;
const NOT_CONFIGURED = 'DB_URI is neither in the configuration file nor in the environment';

/**
 * Connects an app to Quay's database with the pool metrics of contract section 9 and the routing
 * metrics of section 14. Without DB_URI there is nothing to connect to: the app runs, and is unready
 * if the database is required.
 */
export function connectDatabase(options: ConnectDatabaseOptions): Database | undefined {
  const { app, config, metrics, log, readiness, required } = options;
  const { primary, replicas } = config.database;
  if (primary === undefined) {
    log.warning(`No database: ${NOT_CONFIGURED}.`);
    readiness.add({ name: 'database', required, check: () => Promise.reject(new Error(NOT_CONFIGURED)) });
    return undefined;
  }
  const database = createDatabase({
    primary,
    replicas,
    applicationName: app,
    observer: createObserver(metrics, log),
  });
  exposePool(metrics, database);
  readiness.add({ name: 'database', required, check: () => database.ping(PING_TIMEOUT_MS) });
  return database;
}

function createObserver(metrics: Metrics<AppWithDatabase>, log: Logger): DatabaseObserver {
  const connects = metrics.counter('quay_db_connect_calls_total');
  const closes = metrics.counter('quay_db_close_calls_total');
  const waits = metrics.histogram('quay_db_pool_wait_duration_seconds');
  const failures = metrics.counter('quay_db_pool_acquire_failures_total');
  const routing = metrics.counter('quay_dal_read_replica_routing_total');
  const fallbacks = metrics.counter('quay_dal_replica_fallback_total');
  return {
    acquired: (target, seconds) => {
      connects.inc({});
      waits.observe({ target }, seconds);
    },
    acquireFailed: (target, seconds) => {
      failures.inc({ target });
      waits.observe({ target }, seconds);
    },
    released: () => closes.inc({}),
    routed: (target, reason) => routing.inc({ target, reason }),
    fellBack: (reason) => fallbacks.inc({ reason }),
    onProblem: (message, fields) => log.warning(message, fields),
    onRecovery: (message, fields) => log.info(message, fields),
  };
}

function exposePool(metrics: Metrics<AppWithDatabase>, database: Database): void {
  const inUse = metrics.gauge('quay_db_pooled_connections_in_use');
  const available = metrics.gauge('quay_db_pooled_connections_available');
  const connections = metrics.gauge('quay_db_pool_connections');
  const waiting = metrics.gauge('quay_db_pool_waiting');
  inUse.onCollect(() => inUse.set({}, database.poolState().inUse));
  available.onCollect(() => available.set({}, database.poolState().available));
  waiting.onCollect(() => waiting.set({}, database.poolState().waiting));
  connections.onCollect(() => {
    const state = database.poolState();
    connections.set({ state: 'in_use' }, state.inUse);
    connections.set({ state: 'idle' }, state.available);
  });
}
