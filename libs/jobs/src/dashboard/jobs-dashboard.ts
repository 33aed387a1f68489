import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RedisConnection } from '@quay-observability/redis';
import { Queue } from 'bullmq';
import type { JobSettings } from '../job-settings.ts';

/** A handler as Express and Connect have it. */
export type RequestHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

export type DashboardOptions = {
  readonly settings: JobSettings;
  /** The programs of the app that are done by the clock. */
  readonly programs: readonly string[];
  readonly redis: RedisConnection;
};

/** What a listener needs to serve the dashboard; it is to let pass nobody without one of the tokens of the file. */
export type JobsDashboard = {
  readonly host: string;
  readonly port: number;
  readonly listener: {
    readonly name: 'jobs';
    readonly settings: { readonly host: string; readonly port: string };
  };
  readonly tokensFile: string | undefined;
  readonly tokensFileSetting: string;
  readonly wantedBySetting: string;
  /** Called once, when the listener starts. */
  readonly handlers: () => Promise<RequestHandler[]>;
};

/** The dashboard of an app's jobs; undefined if the settings want none. */
export function jobsDashboard({ settings, programs, redis }: DashboardOptions): JobsDashboard | undefined {
  if (!settings.jobsDashboard) return undefined;
  return {
    host: settings.jobsDashboardHost,
    port: settings.jobsDashboardPort,
    listener: { name: 'jobs', settings: { host: 'JOBS_DASHBOARD_HOST', port: 'JOBS_DASHBOARD_PORT' } },
    tokensFile: settings.jobsDashboardTokensFile,
    tokensFileSetting: 'JOBS_DASHBOARD_TOKENS_FILE',
    wantedBySetting: 'JOBS_DASHBOARD',
    handlers: async () => {
      // Loaded only where it is wanted.
      const { boardHandlers } = await import('./board.ts');
      return boardHandlers(
        programs.map((program) => openQueue(program, settings.jobsRedisPrefix, redis)),
        redis,
      );
    },
  };
}

/** On the app's connection, which lives longer; to look at a page leaves no trace in the queue. */
function openQueue(program: string, prefix: string, redis: RedisConnection): Queue {
  const queue = new Queue(program, {
    connection: redis.client,
    prefix,
    skipVersionCheck: true,
    skipMetasUpdate: true,
  });
  // The connection tells of its faults itself.
  queue.on('error', () => undefined);
  return queue;
}
