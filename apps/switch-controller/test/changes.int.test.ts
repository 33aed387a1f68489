import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startRedis, waitUntil, type RunningApp, type Server } from '@quay-observability/testkit';
import { ANN, BOB, call, metric, runController, setPull, versionOf } from './run-controller.ts';

const PULL = 'ROUTE_OWNER_CAP_V2_PULL';
const SOME = [
  'ROUTE_OWNER_CAP_V2_PULL',
  'ROUTE_OWNER_CAP_V2_PUSH',
  'ROUTE_OWNER_CAP_V2_BLOB',
  'ROUTE_OWNER_CAP_V2_DELETE',
  'ROUTE_OWNER_CAP_V2_CATALOG',
];

let redis: Server;
let app: RunningApp;
before(async () => {
  redis = await startRedis();
  app = await runController(redis);
});
after(async () => {
  await app.stop();
  await redis.stop();
});

function outcome(name: string): Promise<number | undefined> {
  return metric(app, `quay_switch_changes_total{outcome="${name}"`);
}

test('a change is published, shown, counted, and written to the audit log', async () => {
  const version = await versionOf(app);
  const [published = 0, unchanged = 0] = [await outcome('published'), await outcome('unchanged')];
  const whole = (await call(app, '/v1/snapshot')).json;
  const answer = await call(app, '/v1/snapshot', {
    method: 'PUT',
    token: ANN,
    body: { ...whole, reason: 'first pulls', owners: { [PULL]: 'go' } },
    headers: { 'x-forwarded-for': '203.0.113.9' },
  });
  assert.equal(answer.status, 200, answer.text);
  const { updated_by: who, reason, owners } = answer.json as Record<string, unknown>;
  assert.deepEqual(
    [answer.json.version, who, reason, owners],
    [version + 1, 'ann', 'first pulls', { [PULL]: 'go' }],
  );
  const read = await call(app, '/v1/snapshot');
  assert.equal(read.text, answer.text);
  assert.equal(read.headers.etag, answer.headers.etag);
  const decided = await waitUntil('the controller to follow itself', async () => {
    const { headers } = await call(app, '/v1/decision?uri=/v2/a/b/manifests/latest');
    return headers['x-quay-snapshot-version'] === String(version + 1) && headers;
  });
  assert.deepEqual(
    [decided['x-quay-owner'], decided['x-quay-owner-source'], decided['x-quay-capability']],
    ['go', 'capability', 'V2_PULL'],
  );
  assert.equal(await metric(app, 'quay_switch_capability_owner{capability="V2_PULL",owner="go"'), 1);
  assert.equal(await metric(app, 'quay_switch_capability_owner{capability="V2_PULL",owner="python"'), 0);
  assert.equal(await outcome('published'), published + 1);

  const line =
    app.process
      .log()
      .split('\n')
      .find((each) => each.includes('An owner switch was changed.')) ?? '';
  const { data } = JSON.parse(line) as { data: Record<string, unknown> };
  assert.deepEqual(data, {
    what: PULL,
    from: null,
    to: 'go',
    who: 'ann',
    request: 'PUT /v1/snapshot',
    client_address: '127.0.0.1',
    forwarded_for: '203.0.113.9',
    version: version + 1,
    previous_version: version,
    reason: 'first pulls',
  });

  const again = await call(app, '/v1/snapshot', { method: 'PUT', token: ANN, body: answer.json });
  assert.deepEqual([again.status, again.json.version], [200, version + 1]);
  assert.equal(await versionOf(app), version + 1);
  assert.equal(await outcome('unchanged'), unchanged + 1);
});

test('of two writers with the same version one wins, and the other is told the current one', async () => {
  const version = await versionOf(app);
  const answers = await Promise.all([
    call(app, '/v1/snapshot', { method: 'PUT', token: ANN, body: { version, owners: { [PULL]: 'python' } } }),
    call(app, '/v1/snapshot', {
      method: 'PUT',
      token: BOB,
      body: { version, owners: { [SOME[1] ?? '']: 'go' } },
    }),
  ]);
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409]);
  const lost = answers.find(({ status }) => status === 409);
  assert.equal(lost?.json.error.current_version, version + 1);
  assert.equal(lost?.json.error.code, 'VERSION_CONFLICT');
  await waitUntil('the line of the log', () =>
    app.process.log().includes('"A change of owner switches was refused: The current version is'),
  );
});

test('of fifty writers at a time each gets its change in once, and none is lost', async () => {
  const start = await versionOf(app);
  const users = Array.from({ length: 50 }, (_, index) => `user-${index}`);
  let conflicts = 0;
  await Promise.all(
    users.map(async (user) => {
      for (;;) {
        const { json } = await call(app, '/v1/snapshot');
        const { version, canaries } = json as unknown as { version: number; canaries: { users: string[] } };
        const body = { version, canaries: { users: [...canaries.users, user] } };
        const { status } = await call(app, '/v1/snapshot', { method: 'PATCH', token: BOB, body });
        if (status === 200) return;
        assert.equal(status, 409);
        conflicts += 1;
      }
    }),
  );
  const { json } = await call(app, '/v1/snapshot');
  const { version, canaries } = json as unknown as { version: number; canaries: { users: string[] } };
  assert.equal(version, start + 50);
  assert.deepEqual([...canaries.users].sort(), [...users].sort());
  assert.ok(conflicts > 0, 'they did not get in each other’s way');
});

test('a dry run tells what would change, and changes nothing', async () => {
  const version = await versionOf(app);
  const before = await call(app, '/v1/history');
  const body = { version, owners: { WORKER_OWNER_GCWORKER: 'off' } };
  for (const [method, path, sent] of [
    ['PATCH', '/v1/snapshot?dry_run=true', body],
    ['PUT', '/v1/snapshot?dry_run=true', body],
    ['POST', '/v1/rollback?dry_run=true', { version }],
  ] as const) {
    const { status, json } = await call(app, path, { method, token: ANN, body: sent });
    const { dry_run: dry, changes } = json as Record<string, unknown>;
    assert.deepEqual(
      [status, dry, json.version, json.next_version],
      [200, true, version, version + 1],
      method,
    );
    assert.ok((changes as unknown[]).length > 0);
  }
  const { json } = await call(app, '/v1/snapshot?dry_run=true', { method: 'PATCH', token: ANN, body });
  assert.deepEqual(json.changes, [{ field: 'WORKER_OWNER_GCWORKER', from: null, to: 'off' }]);
  const doubtful = await call(app, '/v1/snapshot?dry_run=yes', { method: 'PATCH', token: ANN, body });
  assert.equal(doubtful.status, 400);
  assert.equal(await versionOf(app), version);
  assert.equal((await call(app, '/v1/history')).text, before.text);
});

test('rolling back twice goes back two changes, each under a new version', async () => {
  const version = await versionOf(app);
  for (const [index, owner] of ['go', 'python', null].entries())
    assert.equal((await setPull(app, version + index, owner)).status, 200);
  const rollback = (from: number) =>
    call(app, '/v1/rollback', { method: 'POST', token: BOB, body: { version: from, reason: 'errors' } });
  const pullOf = (json: Record<string, unknown>) => (json.owners as Record<string, string>)[PULL];
  const first = await rollback(version + 3);
  assert.deepEqual([first.status, first.json.version, pullOf(first.json)], [200, version + 4, 'python']);
  const second = await rollback(version + 4);
  assert.deepEqual([second.status, second.json.version, pullOf(second.json)], [200, version + 5, 'go']);
  const { entries } = (await call(app, '/v1/history?limit=2')).json as unknown as {
    entries: Record<string, unknown>[];
  };
  assert.deepEqual(
    entries.map((entry) => [
      entry.version,
      entry.rolled_back_to,
      entry.updated_by,
      entry.reason,
      entry.changes,
    ]),
    [
      [version + 5, version + 1, 'bob', 'errors', [{ field: PULL, from: 'python', to: 'go' }]],
      [version + 4, version + 2, 'bob', 'errors', [{ field: PULL, from: null, to: 'python' }]],
    ],
  );
  assert.equal((await rollback(version)).status, 409);
});

test('the history has a hundred entries, and the oldest of them can be gone back to', async () => {
  let version = await versionOf(app);
  for (let count = 0; count < 105; count += 1) {
    const { status, text } = await setPull(app, version, count % 2 === 0 ? 'python' : 'go');
    assert.equal(status, 200, text);
    version += 1;
  }
  const { entries } = (await call(app, '/v1/history?limit=100')).json as unknown as {
    entries: { version: number }[];
  };
  assert.equal(entries.length, 100);
  const oldest = entries.at(-1)?.version ?? 0;
  const back = (target: number) =>
    call(app, '/v1/rollback', { method: 'POST', token: ANN, body: { version, to_version: target } });
  assert.equal((await back(oldest - 1)).status, 400);
  assert.equal((await back(oldest)).status, 200);
  for (const limit of ['0', '101', 'x', '-1', ''])
    assert.equal((await call(app, `/v1/history?limit=${limit}`)).status, 400);
});

test('the history of large snapshots is bounded in bytes, and still leads back', async () => {
  let version = await versionOf(app);
  const orgs = Array.from({ length: 8000 }, (_, index) => `org-${index}-${'x'.repeat(100)}`);
  for (let count = 0; count < 14; count += 1) {
    const body = { version, canaries: { orgs: [`first-${count}`, ...orgs] } };
    assert.equal((await call(app, '/v1/snapshot', { method: 'PATCH', token: ANN, body })).status, 200);
    version += 1;
  }
  const { entries } = (await call(app, '/v1/history?limit=100')).json as unknown as { entries: unknown[] };
  assert.ok(entries.length >= 2 && entries.length < 14, String(entries.length));
  const back = await call(app, '/v1/rollback', { method: 'POST', token: ANN, body: { version } });
  assert.equal(back.status, 200, back.text.slice(0, 300));
});
