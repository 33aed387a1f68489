import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { nginxExample, startNginx, type NginxServer, type RunningApp } from '@quay-observability/testkit';
import { durationCounts } from './duration-counts.ts';
import { startNewRuntimeApi, type NewRuntimeApi } from './new-runtime-api.ts';
import { runApiApp } from './run-api-app.ts';

const EVENTS = 15;
const ALL_EVENTS = Array.from({ length: EVENTS }, (_, number) => `data: ${number}\n\n`).join('');

let go: NewRuntimeApi;
let quay: NewRuntimeApi;
let app: RunningApp;
let nginx: NginxServer;

before(async () => {
  [go, quay] = await Promise.all([startNewRuntimeApi(), startNewRuntimeApi()]);
  app = await runApiApp({ API_UPSTREAM_URL: go.url });
  nginx = await startNginx({
    config: nginxExample('api-gateway.conf', { '127.0.0.1:8082': app.url, '127.0.0.1:8443': quay.url }),
  });
});

after(async () => {
  await nginx.stop();
  await app.stop();
  await Promise.all([go.close(), quay.close()]);
});

test('the example sends the API and its companions through the gateway, and nothing else', async () => {
  const ours = ['/api/v1/plans/', '/oauth/authorize', '/.well-known/app-capabilities', '/keys/x'];
  const quays = ['/', '/apis', '/v2/', '/health/instance', '/repository/acme/app'];
  for (const path of [...ours, ...quays]) assert.equal((await fetch(nginx.url + path)).status, 200, path);
  assert.deepEqual(
    go.seen.map(({ target }) => target),
    ours,
  );
  assert.deepEqual(
    quay.seen.map(({ target }) => target),
    quays,
  );
  assert.deepEqual(await durationCounts(app.adminUrl), new Map([['GET api.listplans 200 other', 1]]));
  const { headers } = go.seen[0]!;
  assert.equal(headers.host, new URL(nginx.url).host);
  assert.equal(headers['x-forwarded-proto'], 'http');
});

test('events pass through the example as they come', async () => {
  const answer = await fetch(`${nginx.url}/realtime/user/subscribe?events=${EVENTS}`);
  const pieces: string[] = [];
  for await (const piece of answer.body!.pipeThrough(new TextDecoderStream())) pieces.push(piece);
  assert.ok(pieces.length > 1, JSON.stringify(pieces));
  assert.equal(pieces.join(''), ALL_EVENTS);
});
