import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PULL_OUTCOMES } from '@quay-observability/metric-catalogue';
import type { RedisConnection } from '@quay-observability/redis';
import {
  insertRepositories,
  startPostgres,
  startRedis,
  startRegistry,
  temporaryFolder,
  waitUntil,
  type PostgresServer,
  type RunningApp,
  type Server,
} from '@quay-observability/testkit';
import { makeImage, type Image } from './make-image.ts';
import { recordRequests, type Recorded } from './record-requests.ts';
import { runApp } from './run-app.ts';
import { scrape } from './samples.ts';
import { skopeoCopy } from './skopeo-copy.ts';
import { openPullRedis, outcomesOf, pullEvents, trackingEnv } from './tracking-setup.ts';

let registry: Server;
let redis: Server;
let postgres: PostgresServer;
let reader: RedisConnection;
let ids: ReadonlyMap<string, number>;
let image: Image;

before(async () => {
  [registry, redis, postgres] = await Promise.all([
    startRegistry(),
    startRedis(),
    startPostgres({ schema: true }),
  ]);
  ids = await insertRepositories(postgres, ['devtable/simple', 'library/ubuntu']);
  reader = await openPullRedis(redis.port);
  image = makeImage(temporaryFolder('image'), [1000]);
});
after(async () => {
  await reader.close();
  await Promise.all([registry.stop(), redis.stop(), postgres.stop()]);
});

/** The counts by key that a client's requests should have left, worked out without any code of the app. */
function expectedCounts(recorded: readonly Recorded[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { method, path, status, digest = '' } of recorded) {
    const [, name = '', reference = ''] = /^\/v2\/(.+)\/manifests\/(.+)$/.exec(path) ?? [];
    const id = ids.get(name.includes('/') ? name : `library/${name}`);
    if (!/^(GET|HEAD)$/.test(method) || status !== 200 || id === undefined) continue;
    const what = reference.includes(':') ? 'digest' : `tag:${reference}`;
    const key = `pull_events:repo:${id}:${what}:${digest}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return new Map([...counts].sort());
}

async function settled(app: RunningApp): Promise<Record<string, number>> {
  return waitUntil('every pull to have its outcome', async () => {
    const samples = await scrape(app.adminUrl, 'quay_pull_tracking');
    return samples.get('quay_pull_tracking_queue_length') === 0 && outcomesOf(samples);
  });
}

test(
  'what skopeo pulls through the app is in Redis as an independent count says',
  { timeout: 120_000 },
  async () => {
    const app = await runApp(registry.url, trackingEnv(redis, postgres));
    const recorder = await recordRequests(app.url);
    try {
      const fresh = outcomesOf(await scrape(app.adminUrl));
      assert.deepEqual(fresh, Object.fromEntries(PULL_OUTCOMES.map((outcome) => [outcome, 0])));

      const began = Math.floor(Date.now() / 1000);
      for (const name of ['devtable/simple', 'ubuntu', 'devtable/stranger']) {
        const remote = `docker://${recorder.host}/${name}`;
        await skopeoCopy(`oci:${image.folder}:latest`, `${remote}:latest`);
        for (let round = 0; round < 2; round += 1)
          await skopeoCopy(`${remote}:latest`, `oci:${temporaryFolder('pulled')}:latest`);
        await skopeoCopy(`${remote}@${image.manifestDigest}`, `oci:${temporaryFolder('pulled')}:latest`);
        const head = await fetch(`http://${recorder.host}/v2/${name}/manifests/latest`, { method: 'HEAD' });
        assert.equal(head.status, 404, 'the registry has no manifest of the default type');
        const accepted = {
          method: 'HEAD',
          headers: { Accept: 'application/vnd.oci.image.manifest.v1+json' },
        };
        const byTag = await fetch(`http://${recorder.host}/v2/${name}/manifests/latest`, accepted);
        assert.equal(byTag.status, 200);
        assert.equal((await fetch(`http://${recorder.host}/v2/${name}/manifests/absent`)).status, 404);
      }
      const outcomes = await settled(app);
      const ended = Math.floor(Date.now() / 1000);

      const events = await pullEvents(reader);
      const expected = expectedCounts(recorder.recorded);
      assert.deepEqual(new Map([...events].map(([key, { pull_count }]) => [key, pull_count])), expected);
      assert.equal(expected.size, 4, 'by tag and by digest of two repositories');
      for (const [key, { pull_count, last_pull_timestamp, ...event }] of events) {
        const [, , id, method, ...rest] = key.split(':');
        assert.deepEqual(event, {
          repository_id: id,
          tag_name: method === 'tag' ? rest[0] : '',
          manifest_digest: rest.slice(-2).join(':'),
          pull_method: method,
        });
        const at = Number(last_pull_timestamp);
        assert.ok(pull_count >= 1 && at >= began && at <= ended, `${key}: ${at}`);
      }
      const tracked = [...expected.values()].reduce((sum, count) => sum + count, 0);
      assert.deepEqual(outcomes, { ...fresh, tracked, unknown_repository: tracked / 2 });
      const samples = await scrape(app.adminUrl);
      const pulls = ['tag', 'manifest'].map(
        (ref) => samples.get(`quay_registry_image_pulls_total{protocol="v2",ref="${ref}",status="200"}`) ?? 0,
      );
      assert.equal(pulls[0]! + pulls[1]!, tracked + tracked / 2, 'every pull that is counted has an outcome');
      const hits = samples.get('quay_cache_hits_total{cache="repository_id"}') ?? 0;
      const misses = samples.get('quay_cache_misses_total{cache="repository_id"}') ?? 0;
      assert.equal(hits + misses, tracked + tracked / 2);
      assert.ok((samples.get('quay_pull_tracking_write_duration_seconds_count') ?? 0) > 0);
    } finally {
      await recorder.close();
      await app.stop();
    }
  },
);

test('with the feature off nothing connects to Redis, and nothing is tracked', async () => {
  await reader.client.flushdb();
  const app = await runApp(registry.url, {
    ...trackingEnv(redis, postgres),
    FEATURE_IMAGE_PULL_STATS: 'false',
  });
  try {
    const accepted = { headers: { Accept: 'application/vnd.oci.image.manifest.v1+json' } };
    const answer = await fetch(`${app.url}/v2/devtable/simple/manifests/latest`, accepted);
    assert.equal(answer.status, 200);
    assert.deepEqual(outcomesOf(await scrape(app.adminUrl)), {});
    assert.doesNotMatch(await (await fetch(`${app.adminUrl}/readyz?verbose`)).text(), /PULL_METRICS_REDIS/);
    const clients = String(await reader.client.client('LIST'));
    assert.doesNotMatch(clients, /PULL_METRICS_REDIS/);
    assert.equal((await pullEvents(reader)).size, 0);
  } finally {
    await app.stop();
  }
});

test('without a database pulls are served, counted as lost, and the log says why', async () => {
  const app = await runApp(registry.url, { ...trackingEnv(redis, postgres), DB_URI: '' });
  try {
    const accepted = { headers: { Accept: 'application/vnd.oci.image.manifest.v1+json' } };
    const answer = await fetch(`${app.url}/v2/devtable/simple/manifests/latest`, accepted);
    assert.equal(answer.status, 200);
    assert.equal((await settled(app)).database_unavailable, 1);
    assert.match(app.process.log(), /No pull is tracked: without DB_URI/);
  } finally {
    await app.stop();
  }
});
