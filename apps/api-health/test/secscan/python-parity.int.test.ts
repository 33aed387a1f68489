import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  startPostgres,
  startRedis,
  startTestClair,
  waitUntil,
  type PostgresServer,
  type Server,
  type TestClair,
} from '@quay-observability/testkit';
import { insertImages, makeImages, markScanned, type Image } from './images.ts';
import { runPythonClient, type PythonStep } from './python-client.ts';
import { runSecscan } from './run-secscan.ts';
import { callsOf, histogramOf, resultsOf, type Samples } from './samples.ts';

const PSK = Buffer.from('the key that Quay and Clair have in common').toString('base64');
const OTHER_PSK = Buffer.from('a key that the gateway and Clair share').toString('base64');
const NOTIFICATION = '269886f3-0146-4f08-9bf7-cb1138d48643';
const NEXT = '00000000-0000-4000-8000-000000000001';
/** In the middle of a bucket, so that the moments at which the two measure fall into the same one. */
const PUSHED_AGO_MS = 1_000_000;

let postgres: PostgresServer;
let redis: Server;
let clair: TestClair;

before(async () => {
  [postgres, redis, clair] = await Promise.all([
    startPostgres({ schema: true }),
    startRedis(),
    startTestClair({ psk: PSK, notifications: new Map([[NOTIFICATION, ['a', 'b']]]) }),
  ]);
});

after(async () => {
  await Promise.all([clair.close(), redis.stop(), postgres.stop()]);
});

const indexStep = ({ manifest, layers }: Image): PythonStep => ({ do: 'index', manifest, layers });

/** Some of everything that Quay does, and of what Clair answers. */
async function prepareSteps(name: string): Promise<PythonStep[]> {
  const images = makeImages(30, Date.now() - PUSHED_AGO_MS, name);
  await insertImages(postgres, images);
  await insertImages(postgres, images.slice(0, 5), 'acme/copy');
  await markScanned(
    postgres,
    images.slice(25).map(({ manifest }) => manifest),
    3600,
  );
  const [first] = images;
  assert.ok(first);
  const unknown = `sha256:${'f'.repeat(64)}`;
  return [
    { do: 'state' },
    { do: 'report', id: first.manifest },
    ...images.map(indexStep),
    // Five for their second repository, five once more.
    ...images.slice(0, 10).map(indexStep),
    { do: 'index', manifest: 'nonsense', layers: first.layers },
    { do: 'report', id: first.manifest },
    { do: 'vulnerabilities', id: first.manifest },
    { do: 'vulnerabilities', id: unknown },
    { do: 'notification', id: NOTIFICATION },
    { do: 'notification', id: NOTIFICATION, next: NEXT },
    { do: 'delete_notification', id: NOTIFICATION },
    { do: 'delete_report', id: first.manifest },
  ];
}

/** Everything but the times themselves: counts of all series, buckets of sizes, and in which bucket results fell. */
function comparable(samples: Samples): Record<string, number> {
  const kept = [...samples].filter(
    ([name]) =>
      name.startsWith('quay_secscan_index_layer_size_bytes') ||
      name.startsWith('quay_secscan_request_duration_seconds_count') ||
      /^quay_secscan_result_duration_seconds_(bucket|count)/.test(name),
  );
  // Python prints bounds as floats where the Pushgateway does not (contract section 1).
  return Object.fromEntries(
    kept.map(([name, value]) => [name.replace(/le="(\d+)\.0"/, 'le="$1"'), value] as const).sort(),
  );
}

for (const tokens of ['pass', 'resign'] as const)
  test(`what Quay's client observes itself, the gateway observes, by label sets and counts (${tokens})`, async () => {
    const upstream =
      tokens === 'pass'
        ? clair
        : await startTestClair({ psk: OTHER_PSK, notifications: new Map([[NOTIFICATION, ['a', 'b']]]) });
    const env =
      tokens === 'pass'
        ? undefined
        : { SECSCAN_JWT: 'resign', SECSCAN_UPSTREAM_PSK: OTHER_PSK, SECURITY_SCANNER_V4_PSK: PSK };
    const app = await runSecscan({ clairUrl: upstream.url, postgres, redis, ...(env && { env }) });
    try {
      const steps = await prepareSteps(tokens);
      const python = await runPythonClient({
        endpoint: app.secscanUrl,
        psk: PSK,
        database: postgres.uri,
        steps,
      });
      let samples: Samples = new Map();
      await waitUntil('the results', async () => {
        samples = await app.samples();
        const known = Object.values(resultsOf(samples)).reduce((sum, each) => sum + each, 0);
        return known === 41 && samples.get('quay_secscan_lookup_queue_length') === 0;
      });
      assert.deepEqual(comparable(samples), comparable(python.samples));
      assert.deepEqual(callsOf(samples), {
        'GET IndexState 200': 1,
        'GET GetIndexReport 404': 1,
        'GET GetIndexReport 200': 1,
        'POST Index 201': 40,
        'POST Index 400': 1,
        'GET GetVulnerabilityReport 200': 1,
        'GET GetVulnerabilityReport 404': 1,
        'GET GetNotification 200': 2,
        'DELETE DeleteNotification 200': 1,
        'DELETE DeleteIndexReport 204': 1,
      });
      assert.equal(histogramOf(samples, 'quay_secscan_result_duration_seconds').count, 30);
      const difference = (name: string): number =>
        histogramOf(samples, name).sum - histogramOf(python.samples, name).sum;
      assert.ok(Math.abs(difference('quay_secscan_result_duration_seconds')) < 30 * 5);
    } finally {
      await app.stop();
      if (upstream !== clair) await upstream.close();
    }
  });

test('a wrong token gets 401, from Clair or from the gateway, and Quay counts it as it would without', async () => {
  const wrong = Buffer.from('a key that nobody else has, and no good').toString('base64');
  const steps: PythonStep[] = [{ do: 'state' }];
  const direct = await runPythonClient({ endpoint: clair.url, psk: wrong, database: null, steps });
  assert.deepEqual(direct.outcomes, [401]);
  const passing = await runSecscan({ clairUrl: clair.url, redis });
  const resigning = await runSecscan({
    clairUrl: clair.url,
    redis,
    env: { SECSCAN_JWT: 'resign', SECSCAN_UPSTREAM_PSK: PSK, SECURITY_SCANNER_V4_PSK: PSK },
  });
  try {
    for (const app of [passing, resigning])
      for (const psk of [wrong, null]) {
        const through = await runPythonClient({ endpoint: app.secscanUrl, psk, database: null, steps });
        assert.deepEqual(through.outcomes, [401]);
        assert.deepEqual(callsOf(through.samples), callsOf(direct.samples));
      }
    assert.deepEqual(callsOf(await passing.samples()), { 'GET IndexState 401': 2 });
    const samples = await resigning.samples();
    assert.deepEqual(callsOf(samples), { 'GET IndexState 401': 2 });
    assert.equal(samples.get('quay_secscan_refused_tokens_total{reason="signature"}'), 1);
    assert.equal(samples.get('quay_secscan_refused_tokens_total{reason="absent"}'), 1);
  } finally {
    await Promise.all([passing.stop(), resigning.stop()]);
  }
});
