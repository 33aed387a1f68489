import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  createSwitchFile,
  freePort,
  scrape,
  startPythonApi,
  waitUntil,
  type RunningApp,
  type Server,
} from '@quay-observability/testkit';
import { durationCounts, totalOf } from './duration-counts.ts';
import { startNewRuntimeApi, type NewRuntimeApi } from './new-runtime-api.ts';
import { runApiApp } from './run-api-app.ts';

const WRITE_TO_GO = { ROUTE_OWNER_CAP_API_V1_WRITE: 'go' };
const READ = '/api/v1/plans/';
const WRITE = '/api/v1/organization/';
const file = createSwitchFile();

let python: Server;
let go: NewRuntimeApi;
let app: RunningApp;

before(async () => {
  [python, go] = await Promise.all([startPythonApi(), startNewRuntimeApi()]);
  app = await runApiApp({
    API_UPSTREAM_URL: go.url,
    API_PYTHON_UPSTREAM_URL: python.url,
    UPSTREAM_HEAD_TIMEOUT_SECONDS: '3',
    UPSTREAM_UPLOAD_TIMEOUT_SECONDS: '3',
    ...file.env,
  });
});

after(async () => {
  await app.stop();
  await Promise.all([python.stop(), go.close()]);
});

async function readiness(): Promise<string> {
  const answer = await fetch(`${app.adminUrl}/readyz?verbose`);
  return `${answer.status}\n${await answer.text()}`;
}

/** The body of an error as Quay's API words it. */
function apiError(status: number, errorType: string, message: string): object {
  return {
    detail: message,
    error_message: message,
    error_type: errorType,
    title: errorType,
    type: `/api/v1/error/${errorType}`,
    status,
  };
}

function upstreamErrors(upstream: string, reason: string): Promise<number | undefined> {
  return scrape(app.adminUrl, 'quay_gateway_upstream_errors_total').then((samples) =>
    samples.get(`quay_gateway_upstream_errors_total{upstream="${upstream}",reason="${reason}"}`),
  );
}

test('an API that hangs is a 504 in the form of the API, and no timing', async () => {
  await file.publish({ ROUTE_OWNER_FAMILY_API_V1: 'go' }, { to: [app] });
  for (const [method, path] of [
    ['GET', READ],
    ['POST', WRITE],
  ] as const) {
    const answer = await fetch(`${app.url}${path}?hang`, { method });
    assert.equal(answer.status, 504);
    assert.equal(answer.headers.get('content-type'), 'application/json');
    assert.deepEqual(
      await answer.json(),
      apiError(504, 'external_service_timeout', 'the API did not answer in time'),
    );
  }
  assert.equal(totalOf(await durationCounts(app.adminUrl)), 0);
  assert.equal(await upstreamErrors('go', 'timeout'), 2);
  // The log has a path, and no query: it may hold a token.
  assert.match(app.process.log(), /A request failed: the API did not answer in time/);
  assert.doesNotMatch(app.process.log(), /\?hang/);
});

test('what the gateway refuses has the form of the API too, and reaches nobody', async () => {
  const seen = go.seen.length;
  const long = await fetch(`${app.url}${READ}?${'x'.repeat(20_000)}`);
  assert.equal(long.status, 414);
  assert.deepEqual(await long.json(), apiError(414, 'invalid_request', 'the request target is too long'));
  assert.equal(go.seen.length, seen);
  assert.equal(totalOf(await durationCounts(app.adminUrl)), 0);
});

test("without the new runtime's API its requests are 502 and not timed; Python's go on, and a rollback helps", async () => {
  await file.publish(WRITE_TO_GO, { to: [app] });
  assert.match(await readiness(), /^200\n[^]*\[\+\]API \(python\) ok\n\[\+\]API \(go\) ok/);
  await go.close();
  const failed = await fetch(app.url + WRITE, { method: 'POST' });
  assert.equal(failed.status, 502);
  assert.deepEqual(await failed.json(), apiError(502, 'downstream_issue', 'the API cannot be reached'));
  assert.equal((await fetch(app.url + READ)).status, 200);
  await waitUntil('degradation', async () =>
    /^200\n[^]*\[!\]API \(go\) degraded: the API at http/.test(await readiness()),
  );
  await file.publish({}, { to: [app] });
  assert.equal((await fetch(app.url + WRITE, { method: 'POST' })).status, 200, 'Python answers');
  assert.equal(totalOf(await durationCounts(app.adminUrl)), 0);
  assert.equal(await upstreamErrors('go', 'connect'), 1);
  go = await startNewRuntimeApi();
});

test("without Python's API only what it owns fails, and the gateway is not ready", async () => {
  // The new runtime's API has another port since the test before.
  const other = await runApiApp({
    API_UPSTREAM_URL: go.url,
    API_PYTHON_UPSTREAM_URL: python.url,
    ...file.env,
  });
  try {
    await file.publish(WRITE_TO_GO, { to: [other] });
    await python.kill();
    assert.equal((await fetch(other.url + READ)).status, 502);
    assert.equal((await fetch(other.url + WRITE, { method: 'POST' })).status, 200);
    assert.deepEqual(
      await durationCounts(other.adminUrl),
      new Map([['POST api.organizationlist 200 other', 1]]),
    );
    await waitUntil('unreadiness', async () => {
      const answer = await fetch(`${other.adminUrl}/readyz`);
      return answer.status === 503 && (await answer.text()).includes('[-]API (python) failed');
    });
  } finally {
    await other.stop();
  }
});

test('with one upstream everything goes there: to the new runtime counted, to Python not; the log says so', async () => {
  const alone = await runApiApp({ API_UPSTREAM_URL: go.url });
  try {
    assert.equal((await fetch(alone.url + READ)).status, 200);
    assert.deepEqual(await durationCounts(alone.adminUrl), new Map([['GET api.listplans 200 other', 1]]));
    assert.match(alone.process.log(), /Nothing is routed: API_PYTHON_UPSTREAM_URL is not set/);
    const decisions = await scrape(alone.adminUrl, 'quay_switch_owner_decision_total');
    assert.equal(decisions.size, 0);
  } finally {
    await alone.stop();
  }
  const withPython = await runApiApp({
    API_PYTHON_UPSTREAM_URL: go.url,
    SWITCH_SOURCE: 'environment',
    ROUTE_OWNER_FAMILY_API_V1: 'go',
  });
  try {
    assert.equal((await fetch(withPython.url + READ)).status, 200);
    assert.equal(totalOf(await durationCounts(withPython.adminUrl)), 0);
    assert.match(withPython.process.log(), /Nothing is routed: API_UPSTREAM_URL is not set/);
  } finally {
    await withPython.stop();
  }
});

test('faults of the settings end the process, all of them named', async () => {
  const port = await freePort();
  await assert.rejects(
    runApiApp({
      API_UPSTREAM_URL: `127.0.0.1:${port}`,
      API_PYTHON_UPSTREAM_URL: 'http://quay/api',
      LISTEN_PORT: 'public',
      JSONLOG: 'false',
    }),
    /code 78[^]*API_UPSTREAM_URL[^]*API_PYTHON_UPSTREAM_URL[^]*LISTEN_PORT/,
  );
});
