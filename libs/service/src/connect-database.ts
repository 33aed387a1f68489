import { CodedError } from '@quay-observability/coded-errors';
import { createDatabase, type Database, type DatabaseObserver } from '@quay-observability/database';
import type { Logger } from '@quay-observability/logging';
import type { APPS_WITH_DATABASE } from '@quay-observability/metric-catalogue';
import type { Metrics } from '@quay-observability/metrics';
import type { QuayConfig } from '@quay-observability/quay-config';
import type { Readiness } from './readiness.ts';

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
