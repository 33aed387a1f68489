import type { Logger } from '@quay-observability/logging';
import type { RedisConnection } from '@quay-observability/redis';
import {
  createPublicServer,
  requireBearer,
  type ComposedApp,
  type HttpListener,
  type HttpObserver,
} from '@quay-observability/service';
import { Queue } from 'bullmq';
import type { JobSettings } from '../job-settings.ts';
import { readDashboardTokens } from './read-tokens.ts';

export type DashboardOptions = {
  readonly settings: JobSettings;
  /** The programs of the app that are done by the clock. */
  readonly programs: readonly string[];
  readonly redis: RedisConnection;
  readonly log: Logger;
  /** Counts the requests of the listener; asked only if there is one. */
  readonly observe: () => HttpObserver;
};

/** People, not scrapers. */
const MAX_CONNECTIONS = 32;

/**
 * An app with the dashboard of its jobs beside it, if the settings want one.
 *
 * @throws ConfigError (`CONFIG_INVALID`) if there is no token to protect it with
 */
export function withJobsDashboard(app: ComposedApp, options: DashboardOptions): ComposedApp {
  const { settings, programs, redis, log } = options;
  if (!settings.jobsDashboard) return app;
  const tokens = readDashboardTokens(settings);
  const queues = programs.map((program) => {
    const shared = { connection: redis.client, prefix: settings.jobsRedisPrefix, skipVersionCheck: true };
    // A page that is looked at leaves no trace in the queue.
    const queue = new Queue(program, { ...shared, skipMetasUpdate: true });
    // The connection tells of its faults itself.
    queue.on('error', () => undefined);
    return queue;
  });
  const createServer = async () => {
    // Loaded only where it is wanted.
    const { boardHandlers } = await import('./board.ts');
    return createPublicServer({
      host: settings.jobsDashboardHost,
      port: settings.jobsDashboardPort,
      listener: { name: 'jobs', settings: { host: 'JOBS_DASHBOARD_HOST', port: 'JOBS_DASHBOARD_PORT' } },
      maxConnections: MAX_CONNECTIONS,
      observer: options.observe(),
      handlers: [
        requireBearer({ tokens, realm: 'jobs', setting: 'JOBS_DASHBOARD_TOKENS_FILE', orAsPassword: true }),
        ...boardHandlers(queues, redis),
      ],
      onError: (message, error) => log.error(message, { error }),
    });
  };
  let server: HttpListener | undefined;
  return {
    ...app,
    start: async () => {
      server = await createServer();
      await server.listen();
      log.info('The dashboard of the jobs is up.', { dashboardUrl: server.url() });
      await app.start();
    },
    stop: async () => {
      await Promise.all([server?.close(), app.stop()]);
      await Promise.all(queues.map((queue) => queue.close().catch(() => undefined)));
    },
  };
}
