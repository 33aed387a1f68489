import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  pythonEnvironment,
  startApp,
  waitUntil,
  type PostgresServer,
  type Server,
} from '@quay-observability/testkit';

/** Flushes everything that waits; resolves to the seconds that it took. */
export type Contestant = {
  readonly name: string;
  flush(redis: Server, postgres: PostgresServer): Promise<number>;
};

const ROOT = join(import.meta.dirname, '../../..');
const LONGEST_MS = 20 * 60_000;

/** Of the keys that are the app's schedule, not pulls. */
export const JOBS_PREFIX = '{bench}';

export const PYTHON = 'Python: a key and a row at a time';

/** The app, with its own defaults but for what is told. */
export function ours(name: string, settings: Readonly<Record<string, string>>): Contestant {
  return {
    name,
    flush: async (redis, postgres) => {
      const app = await startApp(join(ROOT, 'apps/pullmetrics-worker'), {
        DB_URI: postgres.uri,
        PULL_METRICS_REDIS: JSON.stringify({ host: '127.0.0.1', port: redis.port, db: 1 }),
        FEATURE_IMAGE_PULL_STATS: 'true',
        JOBS_REDIS_PREFIX: JOBS_PREFIX,
        WORKER_OWNER_PULLSTATSREDISFLUSHWORKER: 'go',
        ...settings,
      });
      try {
        return await waitUntil(
          'the flush',
          async () => {
            const text = await (await fetch(`${app.adminUrl}/metrics`)).text();
            const isFlushed = /^quay_pull_flush_runs_total\{outcome="flushed",runtime="go"\} [1-9]/m.test(
              text,
            );
            const seconds = /^quay_worker_operation_duration_seconds_sum\{.*\} (.*)$/m.exec(text)?.[1];
            return isFlushed && Number(seconds);
          },
          { timeoutMs: LONGEST_MS, intervalMs: 500 },
        );
      } finally {
        await app.stop();
      }
    },
  };
}

/** Quay's flusher, of which one cycle follows the other without a pause. */
export async function python(): Promise<Contestant> {
  const environment = await pythonEnvironment('quay');
  const script = join(ROOT, 'tools/python-oracle/oracle/pull_flusher.py');
  return {
    name: PYTHON,
    flush: async (redis, postgres) => {
      const args = ['-B', script, String(redis.port), '1', postgres.uri, 'all'];
      const { stdout } = await promisify(execFile)(environment.python, args, { timeout: LONGEST_MS });
      return (JSON.parse(stdout) as { seconds: number }).seconds;
    },
  };
}
