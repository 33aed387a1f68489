import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { freePort, waitUntil } from '@quay-observability/testkit';
import { TOKEN } from './notifying-registry.ts';
import { runApp } from './run-app.ts';
import { deliver, post, runNotifiedApp, sum, type NotifiedApp } from './run-notified-app.ts';
import { sampleEvent } from './sample-events.ts';

const EVENTS = 'quay_notifications_events_total';

let app: NotifiedApp;

before(async () => {
  app = await runNotifiedApp();
});

after(async () => {
  await app.stop();
});

/** Posts, and checks the answer's status and code, and that nothing was counted. */
async function refused(
  body: Parameters<typeof post>[1],
  status: number,
  code: string,
  headers?: Readonly<Record<string, string>>,
): Promise<string> {
  const before = await sum([app], EVENTS);
  const response = await post(app.notificationsUrl, body, headers);
  const { error } = (await response.json()) as { error: { code: string; message: string } };
  assert.deepEqual([response.status, error.code], [status, code], error.message);
  assert.equal(await sum([app], EVENTS), before, 'nothing is counted');
  return error.message;
}

test('only who has one of the tokens is let in, and the token is not told to anyone', async () => {
  const body = JSON.stringify({ events: [sampleEvent()] });
  for (const authorization of [
    '',
    'Bearer',
    `Basic ${TOKEN}`,
    `Bearer ${TOKEN.slice(1)}`,
    `Bearer ${TOKEN}x`,
  ])
    await refused(body, 401, 'UNAUTHORIZED', { Authorization: authorization });
  assert.equal((await post(app.notificationsUrl, body)).status, 200);
  const older = { Authorization: 'bearer an-older-token-still-in-use' };
  assert.equal((await post(app.notificationsUrl, body, older)).status, 200, 'the other one as well');
  const samples = await app.samples();
  const name = 'quay_http_requests_total{listener="notifications",method="POST",status="401"}';
  assert.equal(samples.get(name), 5);
  assert.doesNotMatch(app.process.log(), /a-token-of|an-older/);
});

test('a body that is no envelope is a 400 that names the field', async () => {
  for (const body of [
    '{}',
    '[]',
    '{"events": {}}',
    '{"events": "all"}',
    '{"Events": []}',
    '{"__proto__": {"events": []}}',
  ])
    assert.match(await refused(body, 400, 'NO_ENVELOPE'), /`events`/);
  for (const body of ['', 'events', '{"events": [', '"text"']) {
    const response = await post(app.notificationsUrl, body);
    assert.equal(response.status, 400, body);
  }
  await refused('x', 415, 'UNSUPPORTED_MEDIA_TYPE', { 'Content-Type': 'text/plain' });
});

test('both versions of the media type are taken, and plain JSON', async () => {
  for (const type of [
    'application/vnd.docker.distribution.events.v1+json',
    'application/vnd.docker.distribution.events.v2+json',
    'application/json; charset=utf-8',
  ]) {
    const body = JSON.stringify({ events: [sampleEvent()] });
    const response = await post(app.notificationsUrl, body, { 'Content-Type': type });
    assert.deepEqual(await response.json(), { counted: 1, duplicate: 0, ignored: 0, invalid: 0, pending: 0 });
  }
});

test('what is too large is refused, compressed or not, and so are too many events', async () => {
  const large = JSON.stringify({ events: [sampleEvent({ padding: 'x'.repeat(5_000_000) })] });
  await refused(large, 413, 'BODY_TOO_LARGE');
  const bomb = gzipSync(Buffer.alloc(200_000_000, 'x'));
  await refused(new Uint8Array(bomb), 413, 'BODY_TOO_LARGE', { 'Content-Encoding': 'gzip' });
  const many = JSON.stringify({ events: Array.from({ length: 100_000 }, () => ({})) });
  assert.match(
    await refused(many, 413, 'TOO_MANY_EVENTS'),
    /100000 events.*NOTIFICATIONS_MAX_EVENTS allows 1000/,
  );
  const compressed = gzipSync(JSON.stringify({ events: [sampleEvent()] }));
  const response = await post(app.notificationsUrl, new Uint8Array(compressed), {
    'Content-Encoding': 'gzip',
  });
  assert.equal(response.status, 200);
});

test('deep and strange JSON is read, counted as invalid, and harms nothing', async () => {
  const deep = `${'['.repeat(500_000)}${']'.repeat(500_000)}`;
  const strange = [
    deep,
    'null',
    '1e999',
    '"x"',
    '[]',
    '{"__proto__": {"action": "pull"}}',
    '{"constructor": {}, "action": "pull"}',
  ];
  const body = `{"events": [${strange.join(',')}, ${JSON.stringify(sampleEvent())}]}`;
  const response = await post(app.notificationsUrl, body);
  assert.deepEqual(await response.json(), {
    counted: 1,
    duplicate: 0,
    ignored: 0,
    invalid: strange.length,
    pending: 0,
  });
});

test('no sender can make label values', async () => {
  const events = Array.from({ length: 900 }, (_each, index) =>
    sampleEvent({
      action: index % 2 === 0 ? 'push' : `action${index}`,
      target: {
        mediaType: `application/vnd.made.up${index}+json`,
        tag: `t${index}`,
        repository: `a/b${index}`,
      },
      request: { method: 'PUT' },
    }),
  );
  await deliver(app.notificationsUrl, events);
  const samples = await app.samples();
  const pushes = [...samples.keys()].filter((key) => key.startsWith('quay_registry_image_pushes_total'));
  assert.deepEqual(pushes, [
    'quay_registry_image_pushes_total{protocol="v2",status="201",media_type="other"}',
  ]);
  assert.equal(samples.get(`${EVENTS}{action="other",outcome="ignored"}`), 450);
  assert.equal([...samples.keys()].filter((key) => key.startsWith(EVENTS)).length, 25);
});

test('there is nothing else on the listener, and nothing of it on the others', async () => {
  const status = async (url: string, method = 'GET'): Promise<number> =>
    (await fetch(url, { method })).status;
  const origin = new URL(app.notificationsUrl).origin;
  assert.equal(await status(app.notificationsUrl, 'PUT'), 405);
  assert.equal(await status(app.notificationsUrl, 'OPTIONS'), 204);
  for (const path of ['/', '/metrics', '/v2/', '/notifications/x'])
    assert.equal(await status(origin + path), 404);
  assert.equal((await post(`${app.adminUrl}/notifications`, '{}')).status, 404);
  assert.equal(
    (await post(`${app.url}/notifications`, '{}')).status,
    502,
    'a path of the registry, which is away',
  );
});

test('a listener without a token is a fault of the configuration, and a token alone opens nothing', async () => {
  const registry = `http://127.0.0.1:${await freePort()}`;
  const port = String(await freePort());
  await assert.rejects(
    runApp(registry, { NOTIFICATIONS_LISTEN_PORT: port }),
    /ended \(code 78\)[^]*NOTIFICATIONS_TOKENS[^]*is required with NOTIFICATIONS_LISTEN_PORT/,
  );
  await assert.rejects(
    runApp(registry, { NOTIFICATIONS_LISTEN_PORT: port, NOTIFICATIONS_TOKENS: `${TOKEN},short` }),
    (error: Error) =>
      /NOTIFICATIONS_TOKENS[^]*token 2 is not 16 to 512/.test(error.message) &&
      !error.message.includes(TOKEN),
  );
  const idle = await runApp(registry, { NOTIFICATIONS_TOKENS: TOKEN });
  await waitUntil('the app to be up', () => idle.process.log().includes('registry-metrics is up.'));
  await assert.rejects(fetch(`http://127.0.0.1:${port}/notifications`));
  await idle.stop();
});

test('after all of it the app counts as before, in bounded memory', async () => {
  const before = await sum([app], 'quay_registry_image_pulls_total');
  await deliver(app.notificationsUrl, [sampleEvent()]);
  assert.equal(await sum([app], 'quay_registry_image_pulls_total'), before + 1);
  const peakKiB = Number(
    /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${app.process.pid}/status`, 'utf8'))?.[1],
  );
  assert.ok(peakKiB < 512 * 1024, `${peakKiB} KiB`);
});
