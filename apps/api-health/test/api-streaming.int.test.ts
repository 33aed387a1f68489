import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { after, before, test } from 'node:test';
import {
  createSwitchFile,
  startPythonApi,
  waitUntil,
  type RunningApp,
  type Server,
} from '@quay-observability/testkit';
import { durationCounts } from './duration-counts.ts';
import { startNewRuntimeApi, type NewRuntimeApi } from './new-runtime-api.ts';
import { runApiApp } from './run-api-app.ts';

const OWNERS = ['python', 'go'] as const;
const LARGE = 20_000_000;
const EVENTS = 15;
const ALL_EVENTS = Array.from({ length: EVENTS }, (_, number) => `data: ${number}\n\n`).join('');
const file = createSwitchFile();

let python: Server;
let go: NewRuntimeApi;
let app: RunningApp;

before(async () => {
  [python, go] = await Promise.all([startPythonApi(), startNewRuntimeApi()]);
  app = await runApiApp({ API_UPSTREAM_URL: go.url, API_PYTHON_UPSTREAM_URL: python.url, ...file.env });
});

after(async () => {
  await app.stop();
  await Promise.all([python.stop(), go.close()]);
});

let ownerNow = 'python';

async function giveAllTo(owner: string): Promise<void> {
  if (owner === ownerNow) return;
  ownerNow = owner;
  await file.publish({ ROUTE_OWNER_FAMILY_API_V1: owner, ROUTE_OWNER_FAMILY_REALTIME: owner }, { to: [app] });
}

/** The pieces of an answer in the order in which they arrive. */
async function* piecesOf(answer: Response): AsyncGenerator<string> {
  const text = answer.body!.pipeThrough(new TextDecoderStream());
  for await (const piece of text) yield piece;
}

for (const owner of OWNERS) {
  test(`${owner}: events arrive while the answer is still open`, async () => {
    await giveAllTo(owner);
    const answer = await fetch(`${app.url}/realtime/user/subscribe?events=${EVENTS}`);
    assert.match(answer.headers.get('content-type') ?? '', /^text\/event-stream/);
    const pieces: string[] = [];
    for await (const piece of piecesOf(answer)) pieces.push(piece);
    // 0.1 s apart: held back they would be one piece.
    assert.ok(pieces.length > 1, JSON.stringify(pieces));
    assert.equal(pieces.join(''), ALL_EVENTS);
  });

  test(`${owner}: a large answer passes whole, cookies go both ways`, async () => {
    await giveAllTo(owner);
    const answer = await fetch(`${app.url}/api/v1/user/?bytes=${LARGE}`, {
      headers: { cookie: 'session=of-the-client; _csrf_token=abc' },
    });
    const body = (await answer.json()) as { filler: string; cookie: string };
    assert.equal(body.filler.length, LARGE);
    assert.equal(body.cookie, 'session=of-the-client; _csrf_token=abc');
    const set = answer.headers.getSetCookie();
    assert.deepEqual(
      set.map((cookie) => cookie.split(';')[0]),
      [`session=of-${owner === 'go' ? 'go' : 'quay'}`, '_csrf_token=token'],
    );
  });
}

test('a request is timed when the head of its answer arrives, not when its body ends', async () => {
  await giveAllTo('go');
  const key = 'GET api.changelog 200 other';
  const started = performance.now();
  // It would go on for 20 s.
  const answer = await fetch(`${app.url}/api/v1/superuser/changelog/?pieces=200`);
  const headMs = performance.now() - started;
  const timed = await waitUntil('the timing', async () => (await durationCounts(app.adminUrl)).get(key));
  assert.equal(timed, 1);
  const exposition = await (await fetch(`${app.adminUrl}/metrics`)).text();
  const sum = /^quay_request_duration_seconds_sum\{[^}]*route="api\.changelog"[^}]*\} (\S+)$/m.exec(
    exposition,
  );
  assert.ok(Number(sum?.[1]) * 1000 <= headMs, `${sum?.[1]} s in the gateway, ${headMs} ms for the client`);
  await answer.body?.cancel();
});

test('a body reaches the API while the client is still sending it', async () => {
  await giveAllTo('go');
  const before = go.bodyBytes();
  const sending = request(`${app.url}/api/v1/repository/acme/app/build/`, { method: 'POST' });
  const chunk = Buffer.alloc(200_000, 'x');
  sending.write(chunk);
  await waitUntil('the first half', () => go.bodyBytes() - before === chunk.length);
  sending.end(chunk);
  const [answer] = (await once(sending, 'response')) as [IncomingMessage];
  answer.resume();
  assert.equal(answer.statusCode, 200);
  assert.equal(go.bodyBytes() - before, 2 * chunk.length);
});

test('an upgrade is not passed on: the request is answered as any other', async () => {
  await giveAllTo('go');
  const sending = request(`${app.url}/api/v1/user/`, {
    headers: { connection: 'Upgrade', upgrade: 'websocket' },
  });
  sending.end();
  const [answer] = (await once(sending, 'response')) as [IncomingMessage];
  answer.resume();
  assert.equal(answer.statusCode, 200);
  const { headers } = go.seen.at(-1)!;
  assert.equal(headers.upgrade, undefined);
  assert.notEqual(headers.connection?.toLowerCase(), 'upgrade');
});
