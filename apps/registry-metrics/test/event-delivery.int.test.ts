import assert from 'node:assert/strict';
import { createServer, request as send } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { startRedis, temporaryFolder, waitUntil, type Server } from '@quay-observability/testkit';
import { makeImage } from './make-image.ts';
import { startNotifyingRegistry } from './notifying-registry.ts';
import { deliver, post, runNotifiedApp, sum } from './run-notified-app.ts';
import { sampleEvent } from './sample-events.ts';
import { skopeoCopy } from './skopeo-copy.ts';

const PULLS = 'quay_registry_image_pulls_total';
const EVENTS = 'quay_notifications_events_total';

let redis: Server;

before(async () => {
  redis = await startRedis({ persistent: true });
});

after(async () => {
  await redis.stop();
});

/** A registry with one image, of which manifests are pulled by plain requests. */
async function startRegistryWithImage(url: string) {
  const registry = await startNotifyingRegistry(url);
  const image = makeImage(temporaryFolder('image'), [200]);
  await skopeoCopy(
    `oci:${image.folder}:latest`,
    `docker://127.0.0.1:${registry.port}/devtable/simple:latest`,
  );
  let pulls = 0;
  return {
    registry,
    pulls: () => pulls,
    pull: async (times: number): Promise<void> => {
      for (let done = 0; done < times; done += 1) {
        const response = await fetch(`${registry.url}/v2/devtable/simple/manifests/latest`, {
          headers: { Accept: 'application/vnd.oci.image.manifest.v1+json' },
        });
        await response.arrayBuffer();
        assert.equal(response.status, 200);
        pulls += 1;
      }
    },
  };
}

/**
 * What goes wrong between registry and replicas: it brings each envelope to the next replica in turn, and every
 * other time breaks off instead of giving the answer back.
 */
async function startLossyRoute(targets: () => readonly string[]) {
  let requests = 0;
  let lost = 0;
  const server = createServer((incoming, outgoing) => {
    const urls = targets();
    const turn = requests++;
    const target = urls[turn % urls.length] ?? '';
    const forwarded = send(target, { method: 'POST', headers: incoming.headers }, (answer) => {
      answer.resume();
      answer.once('end', () => {
        if (Math.floor(turn / urls.length) % 2 === 1)
          return void outgoing.writeHead(answer.statusCode ?? 0).end();
        lost += 1;
        incoming.socket.destroy();
      });
    });
    forwarded.once('error', () => incoming.socket.destroy());
    incoming.pipe(forwarded);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/notifications`,
    lost: () => lost,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

test(
  'an app that is killed, a registry that starts anew: what the registry still has is counted, once',
  { timeout: 120_000 },
  async () => {
    let app = await runNotifiedApp({ redis });
    const port = Number(new URL(app.notificationsUrl).port);
    const { registry, pull, pulls } = await startRegistryWithImage(app.notificationsUrl);
    try {
      const counted = (): Promise<number> => sum([app], PULLS);
      await pull(5);
      await waitUntil('the first pulls', async () => (await counted()) === 5);
      await registry.restart();
      await pull(5);
      await waitUntil('the pulls after a restart of the registry', async () => (await counted()) === 10);

      app.process.signal('SIGKILL');
      await app.process.exited;
      await pull(7);
      app = await runNotifiedApp({ redis, port });
      await pull(2);
      await waitUntil('what the registry kept', async () => (await counted()) >= pulls() - 10);
      assert.equal(await counted(), pulls() - 10);
      assert.equal(await sum([app], EVENTS, 'outcome="counted"'), 9);
    } finally {
      await registry.stop();
      await app.stop();
    }
  },
);

test(
  'answers get lost, and the registry repeats itself to another replica: every event is counted once',
  { timeout: 120_000 },
  async () => {
    const apps = await Promise.all([runNotifiedApp({ redis }), runNotifiedApp({ redis })]);
    const route = await startLossyRoute(() => apps.map(({ notificationsUrl }) => notificationsUrl));
    const { registry, pull, pulls } = await startRegistryWithImage(route.url);
    try {
      await pull(12);
      await waitUntil('the events', async () => (await sum(apps, PULLS)) >= pulls(), { timeoutMs: 60_000 });
      // The registry sends in turn: what follows them comes after every repetition of them.
      await registry.stop();
      assert.equal(await sum(apps, PULLS), pulls());
      assert.equal(await sum(apps, 'quay_registry_image_pushes_total'), 1);
      assert.ok(route.lost() >= 12, `${route.lost()} answers got lost`);
      assert.ok((await sum(apps, EVENTS, 'action="pull",outcome="duplicate"')) >= 6);
      assert.ok(
        (await sum(apps.slice(0, 1), PULLS)) > 0 && (await sum(apps.slice(1), PULLS)) > 0,
        'both counted',
      );
    } finally {
      await route.close();
      for (const app of apps) await app.stop();
    }
  },
);

test('the same envelopes at two replicas at once are counted once', { timeout: 60_000 }, async () => {
  const apps = await Promise.all([runNotifiedApp({ redis }), runNotifiedApp({ redis })]);
  try {
    const envelopes = Array.from({ length: 20 }, () => Array.from({ length: 50 }, () => sampleEvent()));
    const urls = apps.map(({ notificationsUrl }) => notificationsUrl);
    await Promise.all(envelopes.flatMap((events) => [...urls, ...urls].map((url) => deliver(url, events))));
    assert.equal(await sum(apps, PULLS), 1000);
    assert.equal(await sum(apps, EVENTS, 'outcome="counted"'), 1000);
  } finally {
    for (const app of apps) await app.stop();
  }
});

test(
  'without Redis each replica counts by its own memory, and shares again when it is back',
  { timeout: 60_000 },
  async () => {
    const apps = await Promise.all([runNotifiedApp({ redis }), runNotifiedApp({ redis })]);
    const [first, second] = apps;
    const unshared = (): Promise<number> => sum(apps, 'quay_notifications_unshared_events_total');
    try {
      const before = sampleEvent();
      await deliver(first.notificationsUrl, [before]);
      await redis.kill();
      const meanwhile = sampleEvent();
      await deliver(first.notificationsUrl, [meanwhile]);
      assert.deepEqual(await deliver(first.notificationsUrl, [meanwhile, before]), [200]);
      assert.equal(await sum([first], PULLS), 2);
      assert.equal(await unshared(), 1);
      await waitUntil('the readiness to tell', async () => {
        const answer = await fetch(`${first.adminUrl}/readyz?verbose`);
        return (await answer.text()).includes('[!]redis (USER_EVENTS_REDIS) degraded');
      });

      await redis.restart();
      await waitUntil('both to share again', async () => {
        const known = await unshared();
        for (const { notificationsUrl } of apps) await deliver(notificationsUrl, [sampleEvent()]);
        return (await unshared()) === known;
      });
      const counted = await sum(apps, PULLS);
      const afterwards = sampleEvent();
      await deliver(first.notificationsUrl, [afterwards, before]);
      await deliver(second.notificationsUrl, [afterwards, before]);
      assert.equal(await sum(apps, PULLS), counted + 1);
    } finally {
      for (const app of apps) await app.stop();
    }
  },
);

test(
  'a fault of one event does not keep the others from being counted, now or later',
  { timeout: 60_000 },
  async () => {
    const app = await runNotifiedApp({ redis });
    try {
      const good = [sampleEvent(), sampleEvent({ target: { tag: 'latest' } }), sampleEvent({}, 'blobs')];
      const bad = sampleEvent({ target: { digest: 'not-to-be-logged' } });
      const events = [good[0], bad, good[1], null, good[2], good[0], sampleEvent({ action: 'mount' })];
      const first = await post(app.notificationsUrl, JSON.stringify({ events }));
      assert.equal(first.status, 200, 'a registry would send the fault for ever');
      assert.deepEqual(await first.json(), { counted: 3, duplicate: 1, ignored: 1, invalid: 2, pending: 0 });
      const again = await post(app.notificationsUrl, JSON.stringify({ events }));
      assert.deepEqual(await again.json(), { counted: 0, duplicate: 4, ignored: 1, invalid: 2, pending: 0 });
      const samples = await app.samples();
      assert.equal(samples.get(`${PULLS}{protocol="v2",ref="manifest",status="200"}`), 1);
      assert.equal(samples.get(`${PULLS}{protocol="v2",ref="tag",status="200"}`), 1);
      assert.equal(samples.get('quay_registry_image_pulled_estimated_bytes_total{protocol="v2"}'), 402);
      assert.equal(samples.get(`${EVENTS}{action="other",outcome="invalid"}`), 2);
      const log = app.process.log();
      assert.match(
        log,
        /A registry sent an event that cannot be read: events\[1\] target\.digest: expected algorithm:hex/,
      );
      assert.equal(log.match(/cannot be read/g)?.length, 1, 'one line a minute');
      assert.doesNotMatch(log, /not-to-be-logged/);
    } finally {
      await app.stop();
    }
  },
);
