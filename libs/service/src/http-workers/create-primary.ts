import cluster from 'node:cluster';
import { createPhase, reportOf } from '@quay-observability/health';
import type { AppName } from '@quay-observability/metric-catalogue';
import { createAdminServer } from '../admin-server.ts';
import { createAppLiveness } from '../app-health.ts';
import { createAppMetrics, sharedOf, type AppMetricsOptions } from '../app-metrics.ts';
import type { AppSettings } from '../app-definition.ts';
import type { Service } from '../create-service.ts';
import { lastWords, within } from '../shutdown.ts';
import { VERSION } from '../version.ts';
import { exposeWorkers } from './expose-workers.ts';
import { WORKER_VARIABLE } from './worker-role.ts';
import { createWorkerPool } from './worker-pool.ts';
import { followWorker } from './worker-process.ts';

export type PrimaryOptions<App extends AppName, Settings extends AppSettings> = Omit<
  AppMetricsOptions<App, Settings>,
  'beforeGathering'
> & { workers: number };

/** Of the grace period, what is left to close after the workers have had theirs. */
const WORKERS_SHARE_OF_GRACE = 0.97;

/**
 * The process that watches over several workers of an app: it starts them, has the admin listener, exposes what all
 * of them count, and hands out the connections. It serves no request itself. `kill` ends the workers at once.
 */
export function createPrimary<App extends AppName, Settings extends AppSettings>(
  options: PrimaryOptions<App, Settings>,
): Service & { kill: () => void } {
  const { definition, settings, log, tracing, workers: count } = options;
  const { app } = definition;
  const metrics = createAppMetrics({ ...options, beforeGathering: () => pool.gather() });
  const countRestart = exposeWorkers(metrics, () => pool.states(), count);
  // Typed arrays go over the channel as they are.
  cluster.setupPrimary({ serialization: 'advanced' });
  const pool = createWorkerPool({
    count,
    log: log.child('workers'),
    onRestart: countRestart,
    startWorker: (onChange) =>
      followWorker({
        worker: cluster.fork({ [WORKER_VARIABLE]: '1' }),
        source: metrics.addSource(),
        onChange,
      }),
  });
  const phase = createPhase();
  // Of this process: a worker that hangs is replaced, which a restart of all would not do better.
  const liveness = createAppLiveness({ settings, metrics: sharedOf(metrics), log }, 'primary event loop');
  const admin = createAdminServer({
    host: settings.adminHost,
    port: settings.adminPort,
    metrics: sharedOf(metrics),
    probes: {
      livez: () => liveness.report(),
      readyz: async () => reportOf([...(await pool.report()).checks, ...phase.hindrance()]),
      startupz: () => phase.startup(),
    },
    onError: (message, error) => log.error(message, { error }),
  });
  let isStopping = false;

  return {
    start: async () => {
      if (isStopping) return;
      liveness.start();
      await admin.listen();
      await pool.start();
      if (isStopping) return;
      phase.markStarted();
      const all = pool.workers();
      log.info(`${app} is up.`, {
        adminUrl: admin.url(),
        publicUrl: all[0]?.publicUrl(),
        workers: all.map(({ pid }) => pid),
        version: VERSION,
      });
    },
    stop: async () => {
      isStopping = true;
      phase.markStopping();
      const graceMs = settings.shutdownGraceSeconds * 1000;
      const flushLog = lastWords(log, graceMs);
      const limitMs = graceMs * WORKERS_SHARE_OF_GRACE;
      // They wait the delay themselves, finish, and tell what they have counted; metrics stay readable meanwhile.
      const drained = await pool.stop(limitMs);
      liveness.close();
      const ends = [() => admin.close(), () => tracing.shutdown()];
      const closed = await Promise.all(
        ends.map((end) => within(Math.max(graceMs - limitMs, 1000), end, log, 'closing connections')),
      );
      const allClosed = closed.every(Boolean);
      log.info('Stopped.', { drained, closed: allClosed });
      await flushLog();
      return drained && allClosed;
    },
    // Each worker follows the file by itself.
    reloadConfig: () => pool.hangUp(),
    kill: () => pool.kill(),
  };
}
