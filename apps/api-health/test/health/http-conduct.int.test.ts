import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
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

for (const method of ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'DELETE', 'PATCH']) {
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
