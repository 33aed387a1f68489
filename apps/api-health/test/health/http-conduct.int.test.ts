import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { waitUntil } from '@quay-observability/testkit';
import { askHealth, type HealthAnswer } from './ask-health.ts';
import { SECRET, startHealthStage, type HealthStage, type Runtimes } from './health-stage.ts';

let stage: HealthStage;
let runtimes: Runtimes;
before(async () => {
  stage = await startHealthStage();
  runtimes = await stage.start();
});
after(async () => {
  await runtimes.stop();
  await stage.stop();
});

const TARGETS = [
  ...['/health', '/health?a=1', '//health', '/he%61lth', '/health/warning', '/status', '/health/dbrevision'],
  ...['/health/', '/status/', '/Health', '/health/instance/', '/health/nothing', '/', '/health/../status'],
  ...['/health//instance', '/health%2F%2Finstance', '/health//nothing', '/health/%69nstance'],
  ...[
    '/health/enabledebug',
    '/health/enabledebug/',
    '/health/enabledebug/wrong',
    '/health/enabledebug/a%2Fb',
  ],
  ...[`/health/enabledebug/${SECRET}`, `/health/enabledebug/%6Fpen-sesame`, `/health/enabledebug/${SECRET}/`],
  ...[`/health/enabledebug/${SECRET}%00`, '/health/enabledebug/%ff'],
  ...[
    '/health?',
    '/health/warning/?a=1',
    '/status?a=//b',
    '/health%3Fa=1',
    '/health;a=1',
    '/./health',
    '/HEALTH',
  ],
  ...[
    '/health//',
    '//health//instance//',
    '/status//',
    '///status',
    '/health/%2e%2e/status',
    '/health/instance%20',
  ],
  ...['/health/instance%00', '/health/%C3%BC', '/health/%', '/health/instance/..', '/health%2Finstance'],
  ...[`/health/enabledebug/${SECRET}?a=1`, `/health//enabledebug/${SECRET}`, '/health/enabledebug//'],
  // As a client sends it to a proxy; every server has to take it.
  ...['http://quay.test/health/warning', 'https://quay.test//status?a=1', 'http://quay.test/nothing'],
  ...['http://quay.test', `HTTP://quay.test/health/enabledebug/${SECRET}`],
];

/** What Flask and gunicorn decide; the order of `Allow` is that of a set in Python. */
function conduct({ status, headers, body }: HealthAnswer, base: string) {
  return {
    status,
    body,
    type: headers['content-type'],
    length: headers['content-length'],
    vary: headers.vary,
    allow: headers.allow?.split(', ').sort(),
    location: headers.location?.replace(base, ''),
    // Flask sets none for a page of its own.
    cache: status === 200 && body.startsWith('{') ? headers['cache-control'] : undefined,
    setsCookie: headers['set-cookie']?.map((cookie) => cookie.split('; ').includes('HttpOnly')),
  };
}

for (const method of ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'DELETE', 'PATCH', 'TRACE', 'PROPFIND']) {
  test(`${method} is answered as by Flask on every path`, async () => {
    for (const target of TARGETS) {
      const [python, next] = await Promise.all([
        askHealth(runtimes.python, target, { method }),
        askHealth(runtimes.next, target, { method }),
      ]);
      const expected = conduct(python, runtimes.python);
      const label = `${method} ${target}`;
      // Flask makes it absolute from the header Host, which a client may choose.
      const redirect = expected.location !== undefined;
      const actual = conduct(next, runtimes.next);
      if (redirect)
        assert.deepEqual([actual.status, actual.location], [expected.status, expected.location], label);
      else assert.deepEqual(actual, expected, label);
    }
  });
}

/** The whole answer to a request as it is on the wire; `end` is not sent, as probes do not. */
async function raw(base: string, request: string): Promise<{ status: string; body: string }> {
  const socket = connect(Number(new URL(base).port), '127.0.0.1');
  socket.write(request);
  const answer = await text(socket);
  const [, status = '', body = ''] = /^HTTP\/1\.[01] (\d+)[^]*?\r\n\r\n([^]*)$/.exec(answer) ?? [];
  return { status, body };
}

test('the bare probes of load balancers are answered: HTTP/1.0, and HTTP/1.1 without Host', async () => {
  for (const request of [
    'GET /health/warning HTTP/1.0\r\n\r\n',
    'HEAD /health/warning HTTP/1.0\r\n\r\n',
    'GET /health/warning HTTP/1.1\r\nConnection: close\r\n\r\n',
    'OPTIONS /health HTTP/1.1\r\nConnection: close\r\n\r\n',
  ]) {
    const python = await raw(runtimes.python, request);
    assert.equal(python.status, '200', request);
    assert.deepEqual(await raw(runtimes.next, request), python, request);
  }
});

test('without HEALTH_DB_REVISION the app runs, says at start and at each request what is missing, and answers 500', async () => {
  const { app, url } = await stage.startNew({}, { HEALTH_DB_REVISION: '' });
  try {
    assert.match(app.process.log(), /FEATURE_BILLING is on and HEALTH_DB_REVISION is not set/);
    const { status, body } = await askHealth(url, '/health/dbrevision');
    assert.equal(status, 500);
    assert.match(body, /Internal Server Error/);
    await waitUntil('the log line', () =>
      Promise.resolve(
        /"message": "The health endpoint dbrevision could not answer\."[^\n]*HEALTH_DB_REVISION is not set/.test(
          app.process.log(),
        ),
      ),
    );
    assert.equal((await askHealth(url, '/health/warning')).status, 200);
  } finally {
    await app.stop();
  }
});
