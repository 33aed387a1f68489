import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { RedisConnection } from '@quay-observability/redis';
import {
  insertRepositories,
  startPostgres,
  startRedis,
  startRegistry,
  waitUntil,
  type PostgresServer,
  type RunningApp,
  type Server,
} from '@quay-observability/testkit';
import { duringPulls, total, type PullRequest } from './pull-load.ts';
import { pushManifest } from './push-manifest.ts';
import { runApp } from './run-app.ts';
import { scrape } from './samples.ts';
import { openPullRedis, outcomesOf, pullEvents, pullSum, trackingEnv } from './tracking-setup.ts';

const REPOSITORIES = ['devtable/simple', 'devtable/nested/name', 'buynlarge/orgrepo'];
const CLIENTS = 16;
/** On a machine that does other work besides. */
const PATIENCE = { timeoutMs: 60_000 };

let registry: Server;
let redis: Server;
let postgres: PostgresServer;
let reader: RedisConnection;
let requests: PullRequest[];

before(async () => {
  [registry, redis, postgres] = await Promise.all([
    startRegistry(),
    startRedis(),
    startPostgres({ schema: true }),
  ]);
  await insertRepositories(postgres, REPOSITORIES);
  requests = [];
  for (const repository of REPOSITORIES) {
    const digest = await pushManifest(registry.url, repository);
    requests.push(
      { path: `/v2/${repository}/manifests/latest`, method: 'GET' },
      { path: `/v2/${repository}/manifests/${digest}`, method: 'HEAD' },
    );
  }
  reader = await openPullRedis(redis.port);
});
beforeEach(() => reader.client.flushdb());
after(async () => {
  await reader.close();
  await Promise.all([registry.stop(), redis.stop(), postgres.stop()]);
});

const sum = (outcomes: Record<string, number>): number =>
  Object.values(outcomes).reduce((total, count) => total + count, 0);

async function outcomesNow(app: RunningApp): Promise<Record<string, number>> {
  return outcomesOf(await scrape(app.adminUrl, 'quay_pull_tracking'));
}

test(
  'Redis hangs in the middle: every pull is answered, every pull has one outcome, and afterwards they are tracked again',
  { timeout: 300_000 },
  async () => {
    const settings = {
      host: '127.0.0.1',
      port: redis.port,
      db: 1,
      socket_timeout: 0.5,
      socket_connect_timeout: 0.5,
    };
    const app = await runApp(registry.url, {
      ...trackingEnv(redis, postgres),
      PULL_METRICS_REDIS: JSON.stringify(settings),
      PULL_TRACKING_QUEUE_SIZE: '20',
    });
    try {
      const load = await duringPulls(app.url, requests, CLIENTS, async ({ served }) => {
        await waitUntil(
          'pulls to be tracked',
          async () => ((await outcomesNow(app)).tracked ?? 0) > 200,
          PATIENCE,
        );
        redis.signal('SIGSTOP');
        try {
          await waitUntil(
            'losses of every kind',
            async () => {
              const { unanswered = 0, redis_unavailable = 0, queue_full = 0 } = await outcomesNow(app);
              return unanswered > 0 && redis_unavailable > 0 && queue_full > 0;
            },
            PATIENCE,
          );
          const servedBefore = total(served);
          await waitUntil('traffic to go on', () => total(served) > servedBefore + 200, PATIENCE);
        } finally {
          redis.signal('SIGCONT');
        }
        const { tracked: trackedBefore = 0 } = await outcomesNow(app);
        await waitUntil(
          'pulls to be tracked again',
          async () => ((await outcomesNow(app)).tracked ?? 0) > trackedBefore + 200,
          PATIENCE,
        );
      });
      assert.deepEqual(load.failures, [], 'no pull fails or is refused');
      const served = total(load.served);
      const outcomes = await waitUntil('every pull to have its outcome', async () => {
        const now = await outcomesNow(app);
        return sum(now) === served && now;
      });
      const { tracked = 0, unanswered = 0, unknown_repository, refused } = outcomes;
      assert.deepEqual([unknown_repository, refused], [0, 0]);
      const counted = await pullSum(reader);
      assert.ok(
        counted >= tracked && counted <= tracked + unanswered,
        `${counted}: ${JSON.stringify(outcomes)}`,
      );
      assert.match(app.process.log(), /Redis was sent them and did not answer/);
      assert.match(app.process.log(), /Pulls are not tracked: the queue is full/);
    } finally {
      await app.stop();
    }
  },
);

test(
  'SIGTERM under load: every pull that was answered is in Redis, once, under its own key',
  { timeout: 120_000 },
  async () => {
    const app = await runApp(registry.url, trackingEnv(redis, postgres));
    const load = await duringPulls(app.url, requests, CLIENTS, async ({ served }) => {
      try {
        await waitUntil('pulls to be served', () => total(served) > 300, PATIENCE);
      } finally {
        await app.stop();
      }
    });
    assert.match(app.process.log(), /Stopped\..*drained.*true/);
    assert.deepEqual(app.process.exit(), { code: 0, signal: null });
    assert.equal(await pullSum(reader), total(load.served));
    assert.equal((await pullEvents(reader)).size, requests.length);
  },
);
