import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { createAuthCheck } from '../../../src/health/auth/create-auth-check.ts';
import { configOf } from './config-of.ts';

const SIGNAL = new AbortController().signal;

function ask(keys: Record<string, unknown>, signal = SIGNAL) {
  return createAuthCheck(configOf(keys)).check(signal);
}

test('users in the database, application tokens and OIDC are not asked for', async () => {
  assert.deepEqual(await ask({}), { healthy: true });
  for (const type of ['Database', 'AppToken', 'OIDC'])
    assert.deepEqual(await ask({ AUTHENTICATION_TYPE: type }), { healthy: true });
});

test('a type that Quay does not know is refused at the start', () => {
  assert.throws(() => createAuthCheck(configOf({ AUTHENTICATION_TYPE: 'Kerberos' })), {
    code: 'CONFIG_INVALID',
    message: /AUTHENTICATION_TYPE .*expected one of Database, AppToken, OIDC, LDAP, JWT, Keystone/,
  });
});

test('a JWT endpoint that refuses who brings no credentials is healthy, any other answer is not', async (t) => {
  for (const [status, result] of [
    [401, { healthy: true }],
    [403, { healthy: true }],
    [404, { healthy: true }],
    [200, jwtFailure('it answers 200 where 4xx is expected')],
    [500, jwtFailure('it answers 500 where 4xx is expected')],
  ] as const) {
    const seen: (string | undefined)[] = [];
    const url = await serve(t, (request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(status).end('an answer that holds TopSecret');
    });
    assert.deepEqual(await ask({ AUTHENTICATION_TYPE: 'JWT', JWT_GETUSER_ENDPOINT: url }), result);
    assert.deepEqual(seen, [undefined]);
  }
});

test('a JWT endpoint that is away, answers without end, hangs or is not set', async (t) => {
  const jwt = (url?: string) => ({ AUTHENTICATION_TYPE: 'JWT', JWT_GETUSER_ENDPOINT: url });
  assert.deepEqual(await ask(jwt('http://127.0.0.1:1')), jwtFailure('ECONNREFUSED'));
  assert.deepEqual(await ask(jwt('http://me:TopSecret@127.0.0.1:1/')), jwtFailure('ECONNREFUSED'));
  assert.deepEqual(await ask(jwt('ftp://127.0.0.1/')), jwtFailure('its URL is not http:// or https://'));
  assert.deepEqual(await ask(jwt()), { healthy: false, failure: 'JWT_GETUSER_ENDPOINT is not set' });
  const endless = await serve(t, (_, response) => {
    response.writeHead(401);
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(64 * 1024)));
    };
    response.on('drain', more);
    more();
  });
  assert.deepEqual(await ask(jwt(endless)), jwtFailure('its answer is too long'));
  const hanging = await serve(t, () => undefined);
  assert.deepEqual(await ask(jwt(hanging)), jwtFailure('no answer within 2000 ms'));
  const called = new AbortController();
  const attempt = ask(jwt(hanging), called.signal);
  called.abort();
  assert.deepEqual(await attempt, jwtFailure('it was called off'));
});

test('redirects are followed, but not for ever', async (t) => {
  const url = await serve(t, (request, response) => {
    if (request.url === '/user') response.writeHead(401).end();
    else response.writeHead(302, { location: request.url === '/' ? '/user' : '/on' }).end();
  });
  const jwt = (endpoint: string) => ask({ AUTHENTICATION_TYPE: 'JWT', JWT_GETUSER_ENDPOINT: endpoint });
  assert.deepEqual(await jwt(`${url}/`), { healthy: true });
  assert.deepEqual(await jwt(`${url}/on`), jwtFailure('more than 5 redirects'));
});

test('the password for Keystone goes to no other host', async (t) => {
  const bodies: string[] = [];
  const thief = await serve(t, (request, response) => {
    bodies.push(request.method ?? '');
    response.end();
  });
  const url = await serve(t, (_, response) => {
    response.writeHead(307, { location: thief.replace('127.0.0.1', 'localhost') }).end();
  });
  const keystone = { AUTHENTICATION_TYPE: 'Keystone', KEYSTONE_AUTH_VERSION: 3, KEYSTONE_AUTH_URL: url };
  assert.deepEqual(await ask({ ...keystone, KEYSTONE_ADMIN_PASSWORD: 'TopSecret' }), {
    healthy: false,
    failure: 'Keystone ping check failed: it redirects to another server',
  });
  assert.deepEqual(bodies, []);
});

test('Keystone: what is no token, and what is not set', async (t) => {
  const url = await serve(t, (_, response) => response.end('{"token": {"user": {"id": ""}}}'));
  const keystone = { AUTHENTICATION_TYPE: 'Keystone', KEYSTONE_AUTH_VERSION: 3 };
  assert.deepEqual(await ask({ ...keystone, KEYSTONE_AUTH_URL: url }), {
    healthy: false,
    failure: 'Keystone ping check failed: its answer names no user',
  });
  assert.deepEqual(await ask(keystone), { healthy: false, failure: 'KEYSTONE_AUTH_URL is not set' });
});

function jwtFailure(why: string) {
  return { healthy: false, failure: `Could not reach JWT authn endpoint: ${why}` };
}

async function serve(t: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
