import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startRedis, waitUntil, type RunningApp, type Server } from '@quay-observability/testkit';
import {
  call,
  metric,
  processHeaders,
  runController,
  setPull,
  versionOf,
  type Answer,
} from './run-controller.ts';

let redis: Server;
let app: RunningApp;
before(async () => {
  redis = await startRedis();
  app = await runController(redis);
});
after(async () => {
  await app.stop();
  await redis.stop();
});

function hold(etag: string | undefined, wait: string, headers: Record<string, string> = {}): Promise<Answer> {
  return call(app, '/v1/snapshot', { headers: { 'if-none-match': etag ?? '', prefer: wait, ...headers } });
}

async function polls(): Promise<number> {
  return (await metric(app, 'quay_http_requests_in_flight{listener="public"')) ?? 0;
}

test('a known snapshot is not sent again, whether its tag is weak or one of several', async () => {
  const { headers } = await call(app, '/v1/snapshot');
  const etag = headers.etag ?? '';
  for (const known of [etag, `W/${etag}`, `"1-aaaaaaaa", ${etag}`, '*']) {
    const answer = await call(app, '/v1/snapshot', { headers: { 'if-none-match': known } });
    assert.deepEqual([answer.status, answer.text, answer.headers.etag], [304, '', etag], known);
  }
  for (const other of ['', '"1-aaaaaaaa"', etag.replaceAll('"', '')])
    assert.equal((await call(app, '/v1/snapshot', { headers: { 'if-none-match': other } })).status, 200);
});

test('a poll is held until there is a change, and answered at once then', async () => {
  const { headers, json } = await call(app, '/v1/snapshot');
  const held = hold(headers.etag, 'respond-async, wait=30');
  await waitUntil('it to be held', async () => (await polls()) === 1);
  const began = performance.now();
  assert.equal((await setPull(app, json.version, 'go')).status, 200);
  const answer = await held;
  assert.ok(performance.now() - began < 1000);
  assert.deepEqual([answer.status, answer.json.version], [200, json.version + 1]);
  assert.equal(answer.headers['preference-applied'], 'wait=30');
});

test('without a change a poll ends after its time with a 304; one that knows nothing is not held', async () => {
  const { headers } = await call(app, '/v1/snapshot');
  const began = performance.now();
  assert.equal((await hold(headers.etag, 'wait=1')).status, 304);
  assert.ok(performance.now() - began >= 1000);
  const other = await hold('"1-aaaaaaaa"', 'wait=30');
  assert.deepEqual([other.status, other.headers['preference-applied']], [200, undefined]);
});

test('a client that goes frees its place', async () => {
  const { headers } = await call(app, '/v1/snapshot');
  const ends = new AbortController();
  const held = fetch(`${app.url}/v1/snapshot`, {
    headers: { 'if-none-match': headers.etag ?? '', prefer: 'wait=60' },
    signal: ends.signal,
  });
  held.catch(() => undefined);
  await waitUntil('it to be held', async () => (await polls()) === 1);
  ends.abort();
  await waitUntil('its place to be free', async () => (await polls()) === 0);
});

test('of 1001 polls one is not held; the thousand are answered by the next change', async () => {
  const { headers, json } = await call(app, '/v1/snapshot');
  let answered = 0;
  const held = Array.from({ length: 1001 }, () =>
    hold(headers.etag, 'wait=60').then((answer) => {
      answered += 1;
      return answer;
    }),
  );
  await waitUntil('a thousand to be held', async () => (await polls()) === 1000 && answered === 1, {
    timeoutMs: 30_000,
  });
  const early = await Promise.race(held);
  assert.deepEqual([early.status, early.headers['preference-applied']], [304, undefined]);
  assert.equal((await call(app, '/v1/switches')).status, 200);
  await setPull(app, json.version, 'python');
  const statuses = (await Promise.all(held)).map(({ status }) => status);
  assert.equal(statuses.filter((status) => status === 200).length, 1000);
});

test('polls are acknowledgements: who follows which version, and how long it took', async () => {
  const version = await versionOf(app);
  const poll = (name: string, reported: number) =>
    call(app, '/v1/snapshot', { headers: processHeaders(name, reported) });
  await Promise.all([
    poll('registry-metrics', version),
    poll('gunicorn-registry', version),
    poll('Not Valid', version),
  ]);
  await setPull(app, version, 'go');
  await poll('registry-metrics', version + 1);
  type View = {
    pending: number;
    slowest_propagation_seconds: number | null;
    processes: Record<string, unknown>[];
  };
  const view = await waitUntil('the controller itself to follow', async () => {
    const answer = (await call(app, '/v1/processes')).json as unknown as View;
    return answer.processes.filter(({ status }) => status === 'current').length === 2 && answer;
  });
  assert.deepEqual(
    view.processes.map(({ process_name: name, version: reported, status }) => [name, reported, status]),
    [
      ['gunicorn-registry', version, 'behind'],
      ['registry-metrics', version + 1, 'current'],
      ['switch-controller', version + 1, 'current'],
    ],
  );
  assert.equal(view.pending, 1);
  const seconds = view.processes.map(({ propagation_seconds: each }) => each).slice(1) as number[];
  assert.equal(view.slowest_propagation_seconds, Math.max(...seconds));
  assert.ok(Math.max(...seconds) < 2, String(seconds));
  assert.equal(await metric(app, 'quay_switch_processes{state="behind"'), 1);
  assert.equal(await metric(app, 'quay_switch_processes{state="current"'), 2);
  await waitUntil(
    'the observation',
    async () => ((await metric(app, 'quay_switch_propagation_seconds_count')) ?? 0) > 0,
  );
});

test('a controller that stops answers the polls that it holds', async () => {
  const other = await runController(redis);
  const { headers } = await call(other, '/v1/snapshot');
  const held = call(other, '/v1/snapshot', {
    headers: { 'if-none-match': headers.etag ?? '', prefer: 'wait=60' },
  });
  await waitUntil(
    'it to be held',
    async () => (await metric(other, 'quay_http_requests_in_flight{listener="public"')) === 1,
  );
  const began = performance.now();
  const [answer] = await Promise.all([held, other.stop()]);
  assert.equal(answer.status, 304);
  assert.ok(performance.now() - began < 5000);
  assert.equal(other.process.exit()?.code, 0);
});
