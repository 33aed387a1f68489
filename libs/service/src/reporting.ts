import type { Liveness, Readiness } from '@quay-observability/health';
import type { Logger } from '@quay-observability/logging';
import type { AppName } from '@quay-observability/metric-catalogue';
import type { Metrics } from '@quay-observability/metrics';
import { createAdminServer } from './admin-server.ts';
import type { WorkerLink } from './http-workers/worker-link.ts';
import type { ServiceSettings } from './service-settings.ts';

/** How a process tells of itself: on an admin listener of its own, or as a worker to the primary process. */
export type Reporting = {
  begin(): Promise<void>;
  /** The app serves, and where. */
  serving(publicUrl: string | undefined): void;
  stopping(): void;
  close(): Promise<void>;
  /** Of the admin listener. */
  adminUrl(): string | undefined;
};

export type ReportingOptions = {
  settings: ServiceSettings;
  metrics: Metrics<AppName>;
  readiness: Readiness;
  liveness: Liveness;
  log: Logger;
};

export function reportOnListener(options: ReportingOptions): Reporting {
  const { settings, metrics, readiness, liveness, log } = options;
  const admin = createAdminServer({
    host: settings.adminHost,
    port: settings.adminPort,
    metrics,
    probes: {
      livez: () => liveness.report(),
      readyz: () => readiness.report(),
      startupz: () => readiness.startup(),
    },
    onError: (message, error) => log.error(message, { error }),
  });
  return {
    begin: () => admin.listen(),
    serving: () => undefined,
    stopping: () => undefined,
    close: () => admin.close(),
    adminUrl: () => admin.url(),
  };
}

/** What is counted last is told by `link.finish()`, after everything else has been closed. */
export function reportToPrimary(
  link: WorkerLink,
  { metrics, readiness }: Pick<ReportingOptions, 'metrics' | 'readiness'>,
): Reporting {
  const exported = metrics.createExport();
  return {
    begin: () => {
      link.begin(exported, () => readiness.report());
      return Promise.resolve();
    },
    serving: (publicUrl) => void link.tell({ kind: 'serving', publicUrl }),
    stopping: () => void link.tell({ kind: 'stopping' }),
    close: () => Promise.resolve(),
    adminUrl: () => undefined,
  };
}
