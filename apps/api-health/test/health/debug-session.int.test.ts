import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  startOtlpReceiver,
  temporaryFolder,
  waitUntil,
  type OtlpReceiver,
} from '@quay-observability/testkit';
import { askHealth, debugSession } from './ask-health.ts';
import { SECRET, startHealthStage, type HealthStage, type NewRuntime } from './health-stage.ts';

const TOKEN = 'token-of-an-operator';
const FILE_TOKEN = 'token-out-of-a-file';

let stage: HealthStage;
let runtime: NewRuntime;
let receiver: OtlpReceiver;
before(async () => {
  [stage, receiver] = await Promise.all([startHealthStage(), startOtlpReceiver()]);
  runtime = await stage.startNew(
    { FEATURE_OTEL_TRACING: true, OTEL_CONFIG: { endpoint: receiver.url, sample_rate: 1 } },
    { HEALTH_ADMIN_TOKENS: TOKEN, DEBUGLOG: 'true', CONFIG_RELOAD_SECONDS: '0' },
  );
});
after(async () => {
  await runtime.app.stop();
  await Promise.all([stage.stop(), receiver.stop()]);
});

const ask = (headers: Record<string, string>, path = '/health/warning') =>
  askHealth(runtime.url, path, { headers });
const isShown = async (headers: Record<string, string>) => {
  const { status, body } = await ask(headers);
  assert.equal(status, 200);
  return body.includes('services_expanded');
};

test('the session is a signed cookie that scripts do not see, for a while, of this site', async () => {
  const { status, headers, body } = await ask({}, `/health/enabledebug/${SECRET}`);
  assert.deepEqual([status, body], [200, 'Health check debug information enabled']);
  const [cookie = ''] = headers['set-cookie'] ?? [];
  assert.match(cookie, /^quay_health_debug=\d+\.[\w-]{43}; Max-Age=3600; Path=\/; HttpOnly; SameSite=Lax$/);
  assert.ok(!cookie.includes(SECRET));
  const throughTls = await ask({ 'x-forwarded-proto': 'https' }, `/health/enabledebug/${SECRET}`);
  assert.match(throughTls.headers['set-cookie']?.[0] ?? '', /; Secure$/);
});

test('only the session, or the token of an operator, is shown the debug information', async () => {
  const session = await debugSession(runtime.url, SECRET);
  const [name, expiry, signature] = /^(.*?)=(\d+)\.(.*)$/.exec(session.cookie ?? '')?.slice(1) ?? [];
  assert.equal(await isShown(session), true);
  assert.equal(await isShown({ cookie: `other=1; ${session.cookie}; more=2` }), true);
  assert.equal(await isShown({ authorization: `Bearer ${TOKEN}` }), true);
  const refused: Record<string, string>[] = [
    {},
    { cookie: `${name}=${Number(expiry) + 1}.${signature}` },
    { cookie: `${name}=${expiry}.${'A'.repeat(43)}` },
    { cookie: `${name}=${expiry}` },
    { cookie: `${name}=` },
    { cookie: `${name}=true` },
    { authorization: `Bearer ${TOKEN}x` },
    { authorization: 'Bearer' },
    { authorization: `Basic ${Buffer.from(`admin:${TOKEN}`).toString('base64')}` },
  ];
  for (const headers of refused) assert.equal(await isShown(headers), false, JSON.stringify(headers));
});

test('a wrong, an empty and a huge secret are a 404 without a session', async () => {
  for (const secret of ['wrong', '', SECRET.slice(1), `${SECRET}x`, 'x'.repeat(1024 * 1024)]) {
    const { status, headers } = await ask({}, `/health/enabledebug/${secret}`);
    assert.deepEqual([status, headers['set-cookie']], [404, undefined], secret.slice(0, 20));
  }
});

test('another secret ends the sessions of the one before, and none ends all', async () => {
  const reload = async (secret: string | undefined) => {
    const keys = { ...stage.config, ENABLE_HEALTH_DEBUG_SECRET: secret };
    writeFileSync(runtime.configFile, JSON.stringify(keys));
    runtime.app.process.signal('SIGHUP');
    await waitUntil(
      'the reload',
      async () => (await ask({}, `/health/enabledebug/${SECRET}`)).status === 404,
    );
  };
  const session = await debugSession(runtime.url, SECRET);
  await reload('another');
  assert.equal(await isShown(session), false);
  const fresh = await debugSession(runtime.url, 'another');
  assert.equal(await isShown(fresh), true);
  await reload(undefined);
  await waitUntil('the reload', async () => !(await isShown(fresh)));
  assert.equal((await ask({}, '/health/enabledebug/another')).status, 404);
});

test('no secret is in logs, metrics and spans', async () => {
  const spans = await receiver.waitForSpans(30);
  const paths = new Set(spans.map(({ attributes }) => attributes['url.path']));
  assert.ok(paths.has('/health/enabledebug/[FILTERED]'), [...paths].join());
  const metrics = await (await fetch(`${runtime.app.adminUrl}/metrics`)).text();
  assert.match(metrics, /quay_http_requests_total\{.*listener="health".*status="404".*\} \d/);
  for (const text of [JSON.stringify(spans), metrics, runtime.app.process.log()]) {
    for (const secret of [SECRET, SECRET.slice(1), 'another"', 'xxxxx', TOKEN, 'quay:quay'])
      assert.ok(!text.includes(secret), `${secret} in ${text.slice(0, 80)}`);
  }
});

test('tokens come from a file, too, and its faults are told at the start without them', async () => {
  const file = join(temporaryFolder('tokens'), 'tokens');
  writeFileSync(file, `${FILE_TOKEN}\n`);
  const withFile = await stage.startNew({}, { HEALTH_ADMIN_TOKENS_FILE: file });
  const { body } = await askHealth(withFile.url, '/health/warning', {
    headers: { authorization: `Bearer ${FILE_TOKEN}` },
  });
  assert.match(body, /"services_expanded"/);
  await withFile.app.stop();
  writeFileSync(file, 'short one');
  await assert.rejects(stage.startNew({}, { HEALTH_ADMIN_TOKENS_FILE: file }), (error: Error) => {
    assert.match(error.message, /HEALTH_ADMIN_TOKENS_FILE .*token 1 is not 16 to 512 letters/);
    assert.ok(!error.message.includes('short one'));
    return true;
  });
});

test('a checker that there is none of is told at the start', async () => {
  await assert.rejects(stage.startNew({ HEALTH_CHECKER: ['OtherHealthCheck', {}] }), {
    message: /HEALTH_CHECKER .*expected one of LocalHealthCheck, RDSAwareHealthCheck, ProductionHealthCheck/,
  });
});
