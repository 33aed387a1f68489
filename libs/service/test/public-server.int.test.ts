import assert from 'node:assert/strict';
import { Agent, request, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { waitUntil } from '@quay-observability/testkit';
import {
  allowOnly,
  createPublicServer,
  HttpProblem,
  jsonBody,
  Router,
  type HttpListener,
} from '../src/index.ts';

type Answer = { status: number; headers: IncomingHttpHeaders; text: string };

const counted: string[] = [];
const errors: unknown[] = [];
let release: (() => void) | undefined;
let server: HttpListener;

const router = Router();
router.get('/hello', (_request, response) => void response.json({ hello: 'world' }));
router.get('/slow', async (_request, response) => {
  await new Promise<void>((resolve) => (release = resolve));
  response.json({ slow: true });
});
router.get('/broken', () => {
  throw new Error('with a secret in it');
});
router.get('/refused', () => {
  throw new HttpProblem(409, 'CONFLICT', 'Somebody was faster.', {
    details: { current: 7 },
    headers: { 'Retry-After': '3' },
  });
});
router.post('/echo', ...jsonBody('application/json'));
router.post('/echo', (sent, response) => void response.json(sent.body));
router.all('/echo', allowOnly('POST'));
router.all('/hello', allowOnly('GET'));

function create(port: number, maxConnections = 100): HttpListener {
  return createPublicServer({
    host: '127.0.0.1',
    port,
    maxConnections,
    observer: {
      arrived: (method) => (status) => void counted.push(`${method} ${status}`),
    },
    handlers: [router],
    onError: (_message, error) => void errors.push(error),
  });
}

before(async () => {
  server = create(0);
  await server.listen();
});
after(() => server.close());

function call(
  path: string,
  options: { method?: string; body?: string; headers?: Record<string, string>; agent?: Agent } = {},
): Promise<Answer> {
  const { method = 'GET', body, headers = {}, agent } = options;
  return new Promise((resolve, reject) => {
    const sent = request(
      new URL(path, server.url()),
      { method, headers, agent: agent ?? false },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.once('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        );
      },
    );
    sent.once('error', reject).end(body);
  });
}

test('an answer has security headers, tells nothing of the software, and is counted', async () => {
  const { status, headers, text } = await call('/hello');
  assert.deepEqual([status, text], [200, '{"hello":"world"}']);
  assert.equal(headers['x-content-type-options'], 'nosniff');
  assert.equal(headers['x-frame-options'], 'DENY');
  assert.match(String(headers['content-security-policy']), /default-src 'none'/);
  assert.equal(headers['cache-control'], 'no-store');
  assert.equal(headers['x-powered-by'], undefined);
  await waitUntil('the count', () => counted.includes('GET 200'));
});

test('a refusal is JSON with a code, its details and its headers', async () => {
  const { status, headers, text } = await call('/refused');
  assert.deepEqual([status, headers['retry-after']], [409, '3']);
  assert.deepEqual(JSON.parse(text), {
    error: { code: 'CONFLICT', message: 'Somebody was faster.', current: 7 },
  });
  assert.equal((await call('/nowhere')).status, 404);
  assert.match((await call('/%ff')).text, /"error"/);
});

test('a fault of ours is logged, and the client is told nothing of it', async () => {
  const { status, text } = await call('/broken');
  assert.equal(status, 500);
  assert.ok(!text.includes('secret'), text);
  assert.match(String(errors.at(-1)), /with a secret in it/);
});

test('a body is JSON of the right type and at most 1 MiB', async () => {
  const post = (body: string, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
    call('/echo', { method: 'POST', body, headers });
  assert.equal((await post('{"a":1}')).text, '{"a":1}');
  const cases: [Promise<Answer>, number, string][] = [
    [post('{'), 400, 'BAD_REQUEST'],
    [post('"text"'), 400, 'BAD_REQUEST'],
    [post('{}', { 'content-type': 'text/plain' }), 415, 'UNSUPPORTED_MEDIA_TYPE'],
    [post('{}', {}), 415, 'UNSUPPORTED_MEDIA_TYPE'],
    [post('{}', { 'content-type': 'application/json; charset=latin1' }), 415, 'UNSUPPORTED_MEDIA_TYPE'],
    [post(JSON.stringify('x'.repeat(2 ** 20))), 413, 'BODY_TOO_LARGE'],
  ];
  for (const [answer, status, code] of cases) {
    const { status: actual, text } = await answer;
    assert.deepEqual([actual, (JSON.parse(text) as { error: { code: string } }).error.code], [status, code]);
  }
});

test('another method is told which are allowed', async () => {
  const { status, headers } = await call('/hello', { method: 'DELETE' });
  assert.deepEqual([status, headers.allow], [405, 'GET, HEAD, OPTIONS']);
  const options = await call('/echo', { method: 'OPTIONS' });
  assert.deepEqual([options.status, options.headers.allow], [204, 'POST, OPTIONS']);
});

test('a port in use is told with the names of the settings', async () => {
  const { port } = new URL(server.url());
  await assert.rejects(create(Number(port)).listen(), {
    code: 'LISTEN_FAILED',
    message: `The public listener cannot use LISTEN_HOST=127.0.0.1 LISTEN_PORT=${port}: EADDRINUSE`,
  });
});

test('connections beyond the limit are closed', async () => {
  const small = create(0, 1);
  await small.listen();
  const { port } = new URL(small.url());
  const first = connect(Number(port), '127.0.0.1');
  await new Promise((resolve) => first.once('connect', resolve));
  const second = connect(Number(port), '127.0.0.1');
  second.once('error', () => undefined);
  await new Promise((resolve) => second.once('close', resolve));
  assert.equal(first.destroyed, false);
  first.destroy();
  await small.close();
});

test('closing lets a request end, and the connection that was kept for the next one', async () => {
  const before = server;
  server = create(0);
  await server.listen();
  const agent = new Agent({ keepAlive: true });
  const slow = call('/slow', { agent });
  await waitUntil('the request', () => release !== undefined);
  const began = performance.now();
  const closed = server.close();
  release?.();
  assert.equal((await slow).text, '{"slow":true}');
  await closed;
  assert.ok(performance.now() - began < 2000);
  agent.destroy();
  server = before;
});
