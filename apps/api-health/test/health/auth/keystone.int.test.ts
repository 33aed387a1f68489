import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { promisify } from 'node:util';
import { pythonEnvironment, startKeystone, type Server } from '@quay-observability/testkit';
import { createAuthCheck } from '../../../src/health/auth/create-auth-check.ts';
import { configOf } from './config-of.ts';

const PASSWORD = 'TheAdminPassword';
const SCRIPT = join(import.meta.dirname, '../../oracle/keystone_ping.py');
const SIGNAL = new AbortController().signal;

function ask(url: string, version: number, password = PASSWORD, more: Record<string, unknown> = {}) {
  const config = configOf({
    AUTHENTICATION_TYPE: 'Keystone',
    KEYSTONE_AUTH_URL: url,
    KEYSTONE_AUTH_VERSION: version,
    KEYSTONE_ADMIN_USERNAME: 'admin',
    KEYSTONE_ADMIN_PASSWORD: password,
    KEYSTONE_ADMIN_TENANT: 'tenant',
    KEYSTONE_AUTH_TIMEOUT: 60,
    ...more,
  });
  return createAuthCheck(config).check(SIGNAL);
}

/** What Python's client finds, asking as Quay does. */
async function askWithPython(url: string, version: number, password = PASSWORD): Promise<string> {
  const { python } = await pythonEnvironment('keystone');
  const args = ['-B', SCRIPT, url, String(version), 'admin', password, 'tenant'];
  return (await promisify(execFile)(python, args)).stdout.trim();
}

suite('Keystone', { timeout: 300_000 }, () => {
  let keystone: Server;
  before(async () => {
    keystone = await startKeystone({ password: PASSWORD });
  });
  after(() => keystone.stop());

  test('the administrator gets a token, as with the client of Python', async () => {
    for (const url of [`${keystone.url}/v3`, `${keystone.url}/v3/`, keystone.url]) {
      assert.deepEqual(await ask(url, 3), { healthy: true });
      assert.match(await askWithPython(url, 3), /^[0-9a-f]{32}$/);
    }
  });

  test('a wrong password is told as such, and not repeated', async () => {
    assert.deepEqual(await ask(keystone.url, 3, 'AnotherPassword'), {
      healthy: false,
      failure: 'Keystone admin credentials are invalid: HTTP 401',
    });
    assert.equal(await askWithPython(keystone.url, 3, 'AnotherPassword'), 'Unauthorized');
  });

  test('an API that this Keystone does not have', async () => {
    assert.deepEqual(await ask(`${keystone.url}/v2.0`, 2), {
      healthy: false,
      failure: 'Keystone ping check failed: HTTP 404',
    });
    assert.equal(await askWithPython(`${keystone.url}/v2.0`, 2), 'NotFound');
  });

  test('Keystone does not answer, or is away', async () => {
    keystone.signal('SIGSTOP');
    try {
      assert.deepEqual(await ask(keystone.url, 3, PASSWORD, { KEYSTONE_AUTH_TIMEOUT: 0.3 }), {
        healthy: false,
        failure: 'Keystone ping check failed: no answer within 300 ms',
      });
    } finally {
      keystone.signal('SIGCONT');
    }
    assert.deepEqual(await ask('http://127.0.0.1:1', 3), {
      healthy: false,
      failure: 'Keystone ping check failed: ECONNREFUSED',
    });
  });
});

test('version 2 and 3 are asked with the very request of Python', async (t) => {
  const seen: { path: string | undefined; body: unknown }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      seen.push({ path: request.url, body: JSON.parse(Buffer.concat(chunks).toString()) });
      const user = { id: 'someone', name: 'admin' };
      const answer =
        request.url?.includes('v3') === true
          ? { token: { user } }
          : { access: { user, token: { id: 'token' } } };
      response
        .writeHead(200, { 'content-type': 'application/json', 'x-subject-token': 'token' })
        .end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const [url, version] of [
    [`${base}/v2.0`, 2],
    [`${base}/v3`, 3],
    [`${base}/identity/`, 3],
  ] as const) {
    assert.deepEqual(await ask(url, version), { healthy: true });
    assert.equal(await askWithPython(url, version), 'someone');
  }
  const [ours, python] = [0, 1].map((which) => seen.filter((_, index) => index % 2 === which));
  assert.equal(seen.length, 6);
  assert.deepEqual(ours, python);
});
