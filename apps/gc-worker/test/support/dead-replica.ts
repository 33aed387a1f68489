import { createRedis, type RedisConnection } from '@quay-observability/redis';
import { scrape, waitUntil, type RunningApp } from '@quay-observability/testkit';

/** Locks that a process has left in Redis, with the milliseconds for which they last. */
export type LeftLocks = ReadonlyMap<string, number>;

/** Waits until one of the replicas is in the middle of this, and kills it; resolves to the others. */
export async function killInTheMiddle(
  apps: readonly RunningApp[],
  worker: string,
  isInTheMiddle: () => Promise<boolean>,
): Promise<RunningApp[]> {
  const busy = await waitUntil(
    `${worker} to be in the middle`,
    async () => {
      if (!(await isInTheMiddle())) return undefined;
      for (const app of apps) {
        const samples = await scrape(app.adminUrl, 'quay_worker_operation_in_progress');
        for (const [sample, value] of samples) {
          // Measuring the queue is done by every replica.
          const isWork = sample.includes(`"${worker}"`) && !sample.includes('"update_queue_metrics"');
          if (isWork && value === 1) return app;
        }
      }
      return undefined;
    },
    { intervalMs: 1 },
  );
  busy.process.signal('SIGKILL');
  await busy.process.exited;
  return apps.filter((app) => app !== busy);
}

/** Global locks, and those of jobs. */
export function leftLocks(redisPort: number): Promise<LeftLocks> {
  return withRedis(redisPort, async (client) => {
    const keys = [...(await client.keys('lock:*')), ...(await client.keys('{quay-observability}:*:lock'))];
    return new Map(await Promise.all(keys.map(async (key) => [key, await client.pttl(key)] as const)));
  });
}

/** As if their time had run out. */
export async function expireLocks(redisPort: number, locks: LeftLocks): Promise<void> {
  await withRedis(redisPort, (client) => client.del([...locks.keys()]));
}

async function withRedis<T>(
  port: number,
  work: (client: RedisConnection['client']) => Promise<T>,
): Promise<T> {
  const redis = createRedis({
    settings: { host: '127.0.0.1', port, db: 0, connectTimeoutMs: 1000, commandTimeoutMs: 5000 },
    name: 'looking',
  });
  await redis.whenReady(5000);
  try {
    return await work(redis.client);
  } finally {
    await redis.close();
  }
}
