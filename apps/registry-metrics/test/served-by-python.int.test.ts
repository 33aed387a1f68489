import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request as send, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { startRedis, startRegistry, type RunningApp, type Server } from '@quay-observability/testkit';
import { recordRequests } from './record-requests.ts';
import { play, SCRIPT } from './registry-script.ts';
import { createSwitchFile, runRoutingApp } from './run-routing-app.ts';
import { scrape, type Samples } from './samples.ts';

/** Of the listener, the switches and the process; everything else would be a request counted twice. */
const NOT_OF_REQUESTS = /^quay_(http|switch|tracing)_|^quay_gateway_upload_pins_total/;

const BROKEN_OFF = 'quay_gateway_upstream_errors_total{upstream="python",reason="reset"}';

let servers: Server[];
let go: Awaited<ReturnType<typeof recordRequests>>;
let app: RunningApp;

before(async () => {
  servers = await Promise.all([
    startRegistry({ deletes: true }),
    startRegistry({ deletes: true }),
    startRegistry({ deletes: true }),
    startRedis(),
  ]);
  go = await recordRequests(at(2).url);
  const runtimes = { pythonUrl: at(1).url, goUrl: `http://${go.host}`, redis: at(3) };
  app = await runRoutingApp(runtimes, createSwitchFile());
});

after(async () => {
  await app.stop();
  await go.close();
  await Promise.all(servers.map((server) => server.stop()));
});

function at(index: number): Server {
  const server = servers[index];
  assert.ok(server !== undefined);
  return server;
}

function countedOf(samples: Samples): [string, number][] {
  return [...samples].filter(([name]) => !NOT_OF_REQUESTS.test(name) && name !== BROKEN_OFF);
}

function sumOf(samples: Samples, prefix: string): number {
  return [...samples].reduce((sum, [name, value]) => (name.startsWith(prefix) ? sum + value : sum), 0);
}

test('what Python serves is answered as by Python itself, and counted by nobody here but the decision', async () => {
  const earlier = await scrape(app.adminUrl);
  const direct = await play(at(0).url);
  const through = await play(app.url);
  SCRIPT.forEach(({ method, path }, index) => {
    assert.deepEqual(through[index], direct[index], `${method} ${path}`);
  });
  const later = await scrape(app.adminUrl);
  const broken = direct.filter(({ body }) => body.endsWith('(broken off)')).length;
  assert.equal(later.get(BROKEN_OFF), broken, 'an upstream that fails is no event of the registry');
  assert.deepEqual(countedOf(later), countedOf(earlier));
  assert.ok(countedOf(later).length > 10, 'not vacuous: errors, caches and sizes are exposed from the start');

  const decisions = 'quay_switch_owner_decision_total';
  const pinned = later.get('quay_gateway_upload_pins_total{outcome="found_here"}') ?? 0;
  assert.equal(pinned, SCRIPT.filter(({ path }) => path.includes('{location}')).length);
  assert.equal(sumOf(later, decisions) + pinned, SCRIPT.length, 'each request is decided, or pinned');
  for (const name of later.keys())
    if (name.startsWith(decisions)) assert.match(name, /owner="python",source="default"/);
  assert.equal(sumOf(later, 'quay_http_requests_total{listener="public"'), SCRIPT.length);
  assert.deepEqual(
    go.recorded.filter(({ path }) => path !== '/v2/'),
    [],
    'the new runtime has seen nothing but the readiness check',
  );
});

test('nothing of a request to Python, or of its answer, is touched on the way', async () => {
  const arrived: { rawHeaders: string[]; target: string; body: Buffer }[] = [];
  const python = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const { rawHeaders, url = '' } = request;
      if (url !== '/v2/') arrived.push({ rawHeaders, target: url, body: Buffer.concat(pieces) });
      const own = `http://127.0.0.1:${(python.address() as AddressInfo).port}`;
      response.writeHead(299, 'Odd but true', [
        'Location',
        `${own}/v2/a/b?c=d`,
        'X-Twice',
        '1',
        'x-twice',
        '2',
        'Date',
        'never',
      ]);
      response.end('answer');
    });
  });
  python.listen(0, '127.0.0.1');
  await once(python, 'listening');
  const runtimes = {
    pythonUrl: `http://127.0.0.1:${(python.address() as AddressInfo).port}`,
    goUrl: `http://${go.host}`,
    redis: at(3),
  };
  const other = await runRoutingApp(runtimes, createSwitchFile());
  try {
    const body = randomBytes(3_000_000);
    const target = '/v2/a%2Fb//c/manifests/%74ag?x=%2F&x';
    const { host } = new URL(other.url);
    const sent = [
      'Authorization',
      'Bearer a.b.c',
      'COOKIE',
      'a=b',
      'x-odd',
      '',
      'X-Odd',
      '2',
      'If-None-Match',
      '"x"',
    ];
    const request = send(other.url, {
      method: 'PUT',
      path: target,
      headers: ['Host', host, ...sent, 'Content-Length', String(body.length)],
    });
    request.end(body);
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    const pieces: Buffer[] = [];
    for await (const piece of answer) pieces.push(piece as Buffer);

    const [seen] = arrived;
    assert.equal(arrived.length, 1);
    assert.ok(seen !== undefined);
    assert.ok(seen.body.equals(body));
    assert.equal(seen.target, target);
    const forwarding = seen.rawHeaders.findIndex((name) => name === 'X-Forwarded-For');
    assert.deepEqual(seen.rawHeaders.slice(0, forwarding), [
      'Host',
      host,
      ...sent,
      'Content-Length',
      String(body.length),
    ]);
    assert.equal(`${answer.statusCode} ${answer.statusMessage}`, '299 Odd but true');
    assert.deepEqual(answer.rawHeaders.slice(0, 8), [
      ...['Location', `${other.url}/v2/a/b?c=d`],
      ...['X-Twice', '1', 'x-twice', '2', 'Date', 'never'],
    ]);
    assert.equal(Buffer.concat(pieces).toString(), 'answer');
  } finally {
    await other.stop();
    python.close();
    python.closeAllConnections();
  }
});
