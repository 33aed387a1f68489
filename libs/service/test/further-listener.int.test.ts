import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createPublicServer, jsonBodyUpTo, requireBearer, Router, type HttpListener } from '../src/index.ts';

const TOKENS = ['first-token-0123456789', 'second-token-0123456789'];

const counted: string[] = [];
let server: HttpListener;

function create(port: number): HttpListener {
  const router = Router();
  router.post(
    '/echo',
    requireBearer({ tokens: TOKENS, realm: 'echo', setting: 'ECHO_TOKENS' }),
    ...jsonBodyUpTo(100, 'application/json'),
    (request, response) => void response.json(request.body),
  );
  return createPublicServer({
    host: '127.0.0.1',
    port,
    listener: { name: 'notifications', settings: { host: 'ECHO_HOST', port: 'ECHO_PORT' } },
    maxConnections: 10,
    observer: { arrived: (method) => (status) => void counted.push(`${method} ${status}`) },
    handlers: [router],
    onError: () => undefined,
  });
}

before(async () => {
  server = create(0);
  await server.listen();
});
after(() => server.close());

async function echo(body: string, authorization?: string) {
  const response = await fetch(`${server.url()}/echo`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      ...(authorization === undefined ? {} : { Authorization: authorization }),
    },
    body,
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

test('any of the tokens lets a request in, and nothing else does', async () => {
  for (const token of TOKENS) assert.equal((await echo('{"a": 1}', `Bearer ${token}`)).text, '{"a":1}');
  for (const authorization of [
    undefined,
    '',
    'Bearer ',
    TOKENS[0],
    `Basic ${TOKENS[0]}`,
    `Bearer ${TOKENS.join('')}`,
  ]) {
    const { status, headers, text } = await echo('{"a": 1}', authorization);
    assert.equal(status, 401, authorization);
    assert.equal(headers.get('www-authenticate'), 'Bearer realm="echo"');
    assert.doesNotMatch(text, /token-0123456789/);
  }
  assert.match((await echo('{}', 'Bearer wrong')).text, /not one of ECHO_TOKENS/);
});

test('a body has the limit of its route, which comes after the token', async () => {
  const large = JSON.stringify({ a: 'x'.repeat(100) });
  assert.equal((await echo(large, `Bearer ${TOKENS[0]}`)).status, 413);
  assert.equal((await echo(large)).status, 401);
  assert.ok(counted.includes('POST 413'));
});

test('an address that cannot be used is told by the names of its own settings', async () => {
  const second = create(Number(new URL(server.url()).port));
  await assert.rejects(
    second.listen(),
    /notifications listener cannot use ECHO_HOST=127\.0\.0\.1 ECHO_PORT=\d+: EADDRINUSE/,
  );
});
