import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startRedis, temporaryFolder, waitUntil, type Server } from '@quay-observability/testkit';
import { expectedBytes, expectedPulls, expectedPushes } from './expected-counts.ts';
import { makeImage } from './make-image.ts';
import { startNotifyingRegistry } from './notifying-registry.ts';
import { recordRequests, type Recorded } from './record-requests.ts';
import { runNotifiedApp, sum, type NotifiedApp } from './run-notified-app.ts';
import { skopeoCopy } from './skopeo-copy.ts';

let redis: Server;
let app: NotifiedApp;
let registry: Server;
let recorder: Awaited<ReturnType<typeof recordRequests>>;

before(async () => {
  redis = await startRedis();
  app = await runNotifiedApp({ redis });
  registry = await startNotifyingRegistry(app.notificationsUrl);
  recorder = await recordRequests(registry.url);
});

after(async () => {
  await recorder.close();
  await registry.stop();
  await app.stop();
  await redis.stop();
});

/** What a registry sends an event for, by the client's requests alone. */
function causesEvent({ method, path, status }: Recorded): boolean {
  if (status !== 200 && status !== 201) return false;
  if (path.includes('/manifests/')) return true;
  return path.includes('/blobs/uploads/') ? method === 'PUT' : path.includes('/blobs/');
}

test(
  'skopeo pushes and pulls at a registry of its own: the events count what the requests would have',
  { timeout: 60_000 },
  async () => {
    const image = makeImage(temporaryFolder('image'), [300_000, 70_000, 200]);
    const remote = `docker://${recorder.host}/devtable/simple:latest`;
    const pull = (from: string): Promise<void> => skopeoCopy(from, `oci:${temporaryFolder('pulled')}:latest`);
    await skopeoCopy(`oci:${image.folder}:latest`, remote);
    await pull(remote);
    await pull(remote);
    await pull(`docker://${recorder.host}/devtable/simple@${image.manifestDigest}`);
    await assert.rejects(pull(`docker://${recorder.host}/devtable/simple:absent`));
    const head = (path: string): Promise<Response> =>
      fetch(`http://${recorder.host}/v2/devtable/simple/${path}`, {
        method: 'HEAD',
        headers: { Accept: 'application/vnd.oci.image.manifest.v1+json' },
      });
    assert.equal((await head('manifests/latest')).status, 200);
    assert.equal((await head(`blobs/${image.layers[0]?.digest}`)).status, 200);

    // The registry sends one event after the other: with the last of them all are here.
    const events = recorder.recorded.filter(causesEvent);
    await waitUntil(
      'the last event',
      async () => (await sum([app], 'quay_notifications_events_total')) >= events.length,
    );
    const samples = await app.samples();
    const counted = (name: string): [string, number][] =>
      [...samples].filter(([key]) => key.startsWith(name)).sort();
    assert.deepEqual(counted('quay_registry_image_pulls_total'), expectedPulls(events));
    assert.deepEqual(counted('quay_registry_image_pushes_total'), expectedPushes(events));
    assert.deepEqual(counted('quay_registry_image_pulled_estimated_bytes_total'), [
      ['quay_registry_image_pulled_estimated_bytes_total{protocol="v2"}', expectedBytes(events)],
    ]);
    // Not vacuous: the client did all of this.
    assert.deepEqual(
      expectedPulls(events).map(([, count]) => count),
      [1, 3],
    );
    assert.equal(expectedPushes(events).length, 1);
    const layerBytes = image.layers.reduce((total, { bytes }) => total + bytes.length, 0);
    assert.ok(expectedBytes(events) >= 3 * layerBytes);
    assert.equal(await sum([app], 'quay_notifications_events_total'), events.length);
    assert.equal(
      samples.get('quay_notifications_events_total{action="push",outcome="ignored"}'),
      4,
      'four blobs',
    );
    assert.equal(
      samples.get('quay_notifications_events_total{action="pull",outcome="ignored"}'),
      1,
      'HEAD of a blob',
    );
    assert.equal(await sum([app], 'quay_notifications_events_total', 'outcome="duplicate"'), 0);
    assert.equal(await sum([app], 'quay_notifications_events_total', 'outcome="invalid"'), 0);
    assert.equal(samples.get('quay_notifications_unshared_events_total'), 0);
  },
);
