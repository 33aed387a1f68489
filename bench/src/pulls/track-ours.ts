/** Tracks pulls by `libs/pull-tracking` as fast as it takes them; prints how long it took. */
import { setImmediate as turn } from 'node:timers/promises';
import { createDatabase } from '@quay-observability/database';
import { createPullTracking } from '@quay-observability/pull-tracking';
import { createRedis } from '@quay-observability/redis';
import { PULLS, pullNumber } from './workload.ts';

const WORKERS = 5;
const MAX_PENDING = 10_000;
/** As many as may arrive in one turn of the event loop of a busy gateway. */
const AT_ONCE = 50;

const { REDIS_PORT = '', DB_URI = '' } = process.env;
const redis = createRedis({
  settings: {
    host: '127.0.0.1',
    port: Number(REDIS_PORT),
    db: 1,
    connectTimeoutMs: 5000,
    commandTimeoutMs: 5000,
  },
  name: 'bench',
});
const database = createDatabase({
  primary: { uri: DB_URI, connectionArgs: {} },
  applicationName: 'bench',
});
await redis.whenReady(5000);
const outcomes: Record<string, number> = {};
const tracking = createPullTracking({
  redis,
  database,
  hasReplicas: false,
  workerCount: WORKERS,
  maxPending: MAX_PENDING,
  cacheEntries: 20_000,
  observer: {
    settled: (outcome, count) => {
      outcomes[outcome] = (outcomes[outcome] ?? 0) + count;
    },
    wrote: () => undefined,
    cacheHit: () => undefined,
    cacheMiss: () => undefined,
    lookedUp: () => undefined,
  },
  log: { warning: (message) => process.stderr.write(`${message}\n`) },
});

const unixSeconds = Math.floor(Date.now() / 1000);
const cpuBefore = process.cpuUsage();
const before = performance.now();
for (let number = 0; number < PULLS;) {
  const room = Math.min(AT_ONCE, MAX_PENDING - tracking.pending(), PULLS - number);
  for (let taken = 0; taken < room; taken += 1) tracking.track(pullNumber(number++, unixSeconds));
  await turn();
}
await tracking.close(30_000);
const seconds = (performance.now() - before) / 1000;
const { user, system } = process.cpuUsage(cpuBefore);
process.stdout.write(JSON.stringify({ seconds, cpuSeconds: (user + system) / 1e6, outcomes }));
await Promise.all([redis.close(), database.close()]);
