import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createSwitchFile, startPythonApi, type RunningApp, type Server } from '@quay-observability/testkit';
import { answeredRequests, API_ROUTES, otherMethods, TRACKED, UNMATCHED } from './api-requests.ts';
import { countEach, durationCounts, totalOf } from './duration-counts.ts';
import { startNewRuntimeApi, type NewRuntimeApi } from './new-runtime-api.ts';
import { runApiApp } from './run-api-app.ts';
import { sendAll } from './send-requests.ts';

const TRACKED_NAMESPACES = JSON.stringify(TRACKED);
const answered = answeredRequests();

let python: Server;
let go: NewRuntimeApi;
let app: RunningApp;

before(async () => {
  [python, go] = await Promise.all([startPythonApi({ env: { TRACKED_NAMESPACES } }), startNewRuntimeApi()]);
  const file = createSwitchFile();
  app = await runApiApp({
    API_UPSTREAM_URL: go.url,
    API_PYTHON_UPSTREAM_URL: python.url,
    TRACKED_NAMESPACES,
    ...file.env,
  });
  const families = ['API_V1', 'OAUTH', 'WEBHOOKS', 'KEYS', 'WELLKNOWN', 'OTHER', 'REGISTRY_V2'];
  const owners = families.map((family) => [`ROUTE_OWNER_FAMILY_${family}`, 'go']);
  await file.publish(Object.fromEntries(owners) as Record<string, string>, { to: [app] });
});

after(async () => {
  await app.stop();
  await Promise.all([python.stop(), go.close()]);
});

test('each rule of the API is timed under its method, endpoint, status and namespace', async () => {
  assert.equal(new Set(API_ROUTES.map(({ endpoint }) => endpoint)).size, 187);
  const statuses = await sendAll(app.url, answered);
  assert.deepEqual(
    statuses,
    answered.map(({ key }) => Number(key.split(' ')[2])),
  );
  const timed = await durationCounts(app.adminUrl);
  assert.deepEqual(timed, countEach(answered.map(({ key }) => key)));
  assert.ok(new Set([...timed.keys()].map((key) => key.split(' ')[3])).size === 3, 'three namespaces');
});

test("Python's own API, asked the same, has the same series with the same counts", async () => {
  await sendAll(python.url, answered);
  // A view that fails is timed as the 500 that it becomes.
  assert.deepEqual(
    await sendAll(python.url, [{ method: 'GET', target: '/api/v1/plans/?status=raise' }]),
    [500],
  );
  await sendAll(app.url, [{ method: 'GET', target: '/api/v1/plans/?status=500' }]);
  assert.deepEqual(await durationCounts(python.url), await durationCounts(app.adminUrl));
});

test('other methods of a rule, and what no rule matches, are forwarded and timed by neither', async () => {
  const before = go.seen.length;
  const earlier = await durationCounts(app.adminUrl);
  const others = [
    ...otherMethods(),
    ...UNMATCHED.flatMap((target) => [
      { method: 'GET', target },
      { method: 'POST', target },
      { method: 'OPTIONS', target },
    ]),
  ];
  const byPython = await sendAll(python.url, others);
  await sendAll(app.url, others);
  assert.equal(go.seen.length, before + others.length, 'all of them have reached the new runtime');
  const [ofPython, ours] = [await durationCounts(python.url), await durationCounts(app.adminUrl)];
  assert.deepEqual(ours, ofPython);
  // Some of the methods are answered by the rule for any repository.
  const viewed = others.filter(
    ({ target }, index) => target.startsWith('/api') && ![308, 404, 405].includes(byPython[index]!),
  );
  assert.equal(totalOf(ours) - totalOf(earlier), viewed.length);
  assert.ok(viewed.length < others.length / 4, `${viewed.length} of ${others.length}`);
});
