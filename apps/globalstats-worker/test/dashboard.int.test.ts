import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  freePort,
  startApp,
  startChromium,
  startPostgres,
  startRedis,
  temporaryFolder,
  waitUntil,
  type PostgresServer,
  type RunningApp,
  type Server,
} from '@quay-observability/testkit';

const folder = join(import.meta.dirname, '..');
const tokensFile = join(temporaryFolder('tokens'), 'tokens');
const TOKEN = 'a-token-of-sixteen-and-more';

let postgres: PostgresServer;
let redis: Server;
let app: RunningApp;
let url: string;
before(async () => {
  writeFileSync(tokensFile, `another-token-of-the-file\n${TOKEN}\n`);
  [postgres, redis] = await Promise.all([startPostgres({ schema: true }), startRedis()]);
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  app = await startApp(folder, {
    DB_URI: postgres.uri,
    USER_EVENTS_REDIS: JSON.stringify({ host: '127.0.0.1', port: redis.port }),
    WORKER_OWNER_GLOBALPROMSTATS: 'go',
    JOBS_DASHBOARD: 'true',
    JOBS_DASHBOARD_PORT: String(port),
    JOBS_DASHBOARD_TOKENS_FILE: tokensFile,
  });
});
after(async () => {
  await app.stop();
  await Promise.all([postgres.stop(), redis.stop()]);
});

const get = (path: string, init: RequestInit = {}, token = TOKEN) =>
  fetch(`${url}${path}`, { ...init, headers: { authorization: `Bearer ${token}`, ...init.headers } });

test('the page and its data are for holders of a token alone', async () => {
  for (const path of ['/', '/api/queues', '/static/js/main.js']) {
    const without = await fetch(`${url}${path}`);
    assert.equal(without.status, 401, path);
    assert.equal(without.headers.get('www-authenticate'), 'Basic realm="jobs"');
    assert.equal((await get(path, {}, `${TOKEN}x`)).status, 401);
  }
  const basic = (password: string) => `Basic ${Buffer.from(`anyone:${password}`).toString('base64')}`;
  assert.equal((await get('/', { headers: { authorization: basic(TOKEN) } })).status, 200);
  assert.equal((await get('/', { headers: { authorization: basic('wrong') } })).status, 401);
  assert.equal((await get('/', { headers: { authorization: 'Basic %%' } })).status, 401);
  const page = await get('/');
  assert.match(page.headers.get('content-security-policy') ?? '', /^default-src 'none'; script-src 'self';/);
  const text = await page.text();
  const script = /src="(static\/js\/main[^"]+)"/.exec(text)?.[1];
  assert.equal((await get(`/${script ?? ''}`)).status, 200);
});

test('it shows the queue, and changes nothing', async () => {
  const shown = await waitUntil('a run', async () => {
    const text = await (await get('/api/queues?activeQueue=GLOBALPROMSTATS&page=1&jobsPerPage=10')).text();
    return /"completed":[1-9]/.test(text) && text;
  });
  assert.match(shown, /"name":"GLOBALPROMSTATS"/);
  assert.match(shown, /"readOnlyMode":true/);
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
    for (const path of ['/api/queues/GLOBALPROMSTATS/pause', '/api/queues/GLOBALPROMSTATS/obliterate'])
      assert.equal((await get(path, { method })).status, 405, method);
  const metrics = await (await fetch(`${app.adminUrl}/metrics`)).text();
  assert.match(metrics, /quay_http_requests_total\{listener="jobs",method="POST",status="405"/);
  assert.ok(!app.process.log().includes(TOKEN) && !metrics.includes(TOKEN));
});

test('a browser asks for the token as a password, and shows the runs', async () => {
  const chromium = await startChromium();
  const context = await chromium.browser.newContext({
    httpCredentials: { username: 'anyone', password: TOKEN },
  });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  await page.goto(`${url}/queue/GLOBALPROMSTATS?status=completed`);
  await page.getByText('GLOBALPROMSTATS').first().waitFor({ timeout: 30_000 });
  await page
    .getByText(/repeat:tick/)
    .first()
    .waitFor({ timeout: 30_000 });
  assert.deepEqual(faults, []);
  await chromium.stop();
});

test('without Redis it says so at once', async () => {
  await redis.kill();
  await waitUntil('its absence', async () => (await get('/api/queues')).status === 503);
  await redis.restart();
  await waitUntil('its return', async () => (await get('/api/queues')).status === 200);
});

test('without a token to protect it, or with a bad one, the app does not start and names the setting', async () => {
  const bad = join(temporaryFolder('tokens'), 'tokens');
  writeFileSync(bad, 'short\n');
  const empty = join(temporaryFolder('tokens'), 'tokens');
  writeFileSync(empty, '\n\n');
  const faults: [Record<string, string>, RegExp][] = [
    [{}, /JOBS_DASHBOARD_TOKENS_FILE \(environment[^)]*\): is needed with JOBS_DASHBOARD:/],
    [{ JOBS_DASHBOARD_TOKENS_FILE: empty }, /JOBS_DASHBOARD_TOKENS_FILE .*which holds no token/],
    [{ JOBS_DASHBOARD_TOKENS_FILE: bad }, /JOBS_DASHBOARD_TOKENS_FILE.*: token 1 is not 16 to 512/],
    [{ JOBS_DASHBOARD_TOKENS_FILE: '/does/not/exist' }, /JOBS_DASHBOARD_TOKENS_FILE.*cannot be read: ENOENT/],
  ];
  for (const [env, message] of faults) {
    const started = startApp(folder, { DB_URI: postgres.uri, JOBS_DASHBOARD: 'true', ...env });
    await assert.rejects(started, message);
    await assert.rejects(started, (error: Error) => !error.message.includes('short\n'));
  }
});
