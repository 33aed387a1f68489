import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { RedisConnection } from '@quay-observability/redis';
import {
  insertRepositories,
  startPostgres,
  startPythonRegistry,
  startRedis,
  startRegistry,
  temporaryFolder,
  waitUntil,
  type PostgresServer,
  type RunningApp,
  type Server,
} from '@quay-observability/testkit';
import { duringPulls, total, type PullRequest } from './pull-load.ts';
import { pushManifest } from './push-manifest.ts';
import { createSwitchFile, runRoutingApp } from './run-routing-app.ts';
import { scrape } from './samples.ts';
import { openPullRedis, outcomesOf, pullEvents, trackingEnv } from './tracking-setup.ts';

const REPOSITORY = 'devtable/simple';
const PER_PHASE = 150;
const file = createSwitchFile();

let servers: Server[];
let postgres: PostgresServer;
let reader: RedisConnection;
let app: RunningApp;
let digest: string;
let repositoryId: number;

before(async () => {
  const storageDir = temporaryFolder('storage');
  const [redis, behindPython, go] = await Promise.all([
    startRedis(),
    startRegistry({ storageDir }),
    startRegistry({ storageDir }),
  ]);
  postgres = await startPostgres({ schema: true });
  repositoryId = (await insertRepositories(postgres, [REPOSITORY])).get(REPOSITORY) ?? 0;
  const env = trackingEnv(redis, postgres);
  // Both runtimes write to one Redis, the Python runtime as Quay does.
  const python = await startPythonRegistry({
    upstreamUrl: behindPython.url,
    env: {
      PULL_METRICS_REDIS: env.PULL_METRICS_REDIS,
      REPOSITORY_IDS: JSON.stringify({ [REPOSITORY]: repositoryId }),
    },
  });
  servers = [python, redis, behindPython, go];
  digest = await pushManifest(go.url, REPOSITORY);
  reader = await openPullRedis(redis.port);
  app = await runRoutingApp({ pythonUrl: python.url, goUrl: go.url, redis }, file, env);
});
after(async () => {
  await reader.close();
  await app.stop();
  await Promise.all([...servers, postgres].map((server) => server.stop()));
});

test(
  'the owner of pulls changes twice under load: what both runtimes have in Redis is what clients pulled, by key',
  { timeout: 300_000 },
  async () => {
    const byTag = `/v2/${REPOSITORY}/manifests/latest`;
    const byDigest = `/v2/${REPOSITORY}/manifests/${digest}`;
    const requests: PullRequest[] = [
      { path: byTag, method: 'GET' },
      { path: byDigest, method: 'HEAD' },
      { path: byTag, method: 'HEAD' },
    ];
    const load = await duringPulls(app.url, requests, 8, async ({ served }) => {
      const phase = async (): Promise<void> => {
        const before = total(served);
        await waitUntil('pulls to be served', () => total(served) > before + PER_PHASE, {
          timeoutMs: 60_000,
        });
      };
      await phase();
      await file.publish({ ROUTE_OWNER_CAP_V2_PULL: 'go' }, { to: [app] });
      await phase();
      await file.publish({}, { to: [app] });
      await phase();
    });
    assert.deepEqual(load.failures, []);
    const expected = new Map([
      [`pull_events:repo:${repositoryId}:digest:${digest}`, load.served.get(byDigest)],
      [`pull_events:repo:${repositoryId}:tag:latest:${digest}`, load.served.get(byTag)],
    ]);
    const counts = async () =>
      new Map([...(await pullEvents(reader))].map(([key, { pull_count }]) => [key, pull_count]));
    // Neither runtime writes before it answers.
    await waitUntil('all of them to be in Redis', async () => total(await counts()) >= total(load.served));
    assert.deepEqual(await counts(), expected);
    const { tracked = 0 } = outcomesOf(await scrape(app.adminUrl));
    assert.ok(tracked > PER_PHASE / 2, 'the new runtime has served');
    assert.ok(tracked < total(load.served) - PER_PHASE, 'and so has Python');
  },
);
