import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startRedis, temporaryFolder, type RunningApp, type Server } from '@quay-observability/testkit';
import { ANN, BOB, call, metric, runController, setPull, versionOf } from './run-controller.ts';

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

test('without the right token nothing is changed, dry or not, and the body is not looked at', async () => {
  const version = await versionOf(app);
  const attempts = [
    setPull(app, version, 'go', ''),
    setPull(app, version, 'go', 'not-a-token-of-anybody'),
    call(app, '/v1/snapshot', { method: 'PUT', body: '{', token: `${ANN}x` }),
    call(app, '/v1/rollback?dry_run=true', {
      method: 'POST',
      body: {},
      headers: { authorization: `Basic ${ANN}` },
    }),
  ];
  for (const { status, headers, json } of await Promise.all(attempts)) {
    assert.equal(status, 401);
    assert.equal(json.error.code, 'UNAUTHORIZED');
    assert.match(headers['www-authenticate'] ?? '', /^Bearer/);
  }
  assert.equal(await versionOf(app), version);
  assert.equal((await setPull(app, version, 'go')).status, 200);
});

test('whoever tries on is told to wait; the right token passes all the same', async () => {
  const version = await versionOf(app);
  const statuses: number[] = [];
  for (let count = 0; count < 15; count += 1)
    statuses.push((await setPull(app, version, 'go', BOB.slice(1))).status);
  const last = await setPull(app, version, 'go', BOB.slice(1));
  assert.equal(last.status, 429);
  assert.ok(Number(last.headers['retry-after']) > 0);
  assert.deepEqual([...new Set(statuses)].sort(), [401, 429]);
  assert.equal((await setPull(app, version, 'python', BOB)).status, 200);
});

test('no token is ever logged', () => {
  const log = app.process.log();
  assert.match(log, /A change of owner switches was refused: The token is not one of SWITCH_ADMIN_TOKENS/);
  for (const token of [ANN, BOB, 'not-a-token-of-anybody', BOB.slice(1)]) assert.ok(!log.includes(token));
});

test('a body is JSON of at most 1 MiB, and of the right type', async () => {
  const version = await versionOf(app);
  const put = (body: string, type = 'application/json') =>
    call(app, '/v1/snapshot', { method: 'PUT', token: ANN, body, headers: { 'content-type': type } });
  const large = JSON.stringify({ version, owners: {}, canaries: { orgs: ['x'.repeat(2 * 1024 * 1024)] } });
  const statuses = {
    'two megabytes': [(await put(large)).status, 413],
    'no JSON': [(await put('{"version"')).status, 400],
    'no object': [(await put('[]')).status, 400],
    nothing: [(await put('')).status, 428],
    'a deep one': [
      (await put(`{"version":${version},"owners":${'['.repeat(200_000)}${']'.repeat(200_000)}}`)).status,
      400,
    ],
    text: [(await put('{}', 'text/plain')).status, 415],
    'a patch by PUT': [(await put('{}', 'application/merge-patch+json')).status, 415],
    'no version': [(await put('{"owners":{}}')).status, 428],
  };
  for (const [name, [status, expected]] of Object.entries(statuses)) assert.equal(status, expected, name);
  const patch = await call(app, '/v1/snapshot', {
    method: 'PATCH',
    token: ANN,
    body: { owners: { ROUTE_OWNER_CAP_V2_BLOB: 'go' } },
    headers: { 'content-type': 'application/merge-patch+json', 'if-match': `"${version}"` },
  });
  assert.equal(patch.status, 200, patch.text);
  assert.equal(await versionOf(app), version + 1);
});

test('every fault of a snapshot is told, with its field', async () => {
  const version = await versionOf(app);
  const body = { version, colour: 1, owners: { ROUTE_OWNER_CAP_V2_PULL: 'off', ROUTE_OWNER_CAP_NONE: 'go' } };
  const { status, json } = await call(app, '/v1/snapshot', { method: 'PUT', token: ANN, body });
  assert.equal(status, 400);
  assert.equal(json.error.code, 'SNAPSHOT_INVALID');
  const { faults } = json.error as unknown as { faults: { field: string }[] };
  assert.deepEqual(
    faults.map(({ field }) => field),
    ['colour', 'owners.ROUTE_OWNER_CAP_V2_PULL', 'owners.ROUTE_OWNER_CAP_NONE'],
  );
});

test('wrong methods and paths are told as JSON, with what is right', async () => {
  for (const [method, path, allow] of [
    ['DELETE', '/v1/snapshot', 'GET, PUT, PATCH, HEAD, OPTIONS'],
    ['GET', '/v1/rollback', 'POST, OPTIONS'],
    ['POST', '/v1/decision', 'GET, HEAD, OPTIONS'],
    ['PUT', '/v1/history', 'GET, HEAD, OPTIONS'],
  ] as const) {
    const { status, headers, json } = await call(app, path, { method, token: ANN });
    assert.deepEqual([status, headers.allow, json.error.code], [405, allow, 'METHOD_NOT_ALLOWED'], path);
    const options = await call(app, path, { method: 'OPTIONS' });
    assert.deepEqual([options.status, options.headers.allow, options.text], [204, allow, '']);
  }
  const lost = await call(app, '/v1/nothing');
  assert.deepEqual([lost.status, lost.json.error.code], [404, 'NOT_FOUND']);
  const head = await call(app, '/v1/switches', { method: 'HEAD' });
  assert.deepEqual([head.status, head.text], [200, '']);
  assert.ok(Number(head.headers['content-length']) > 1000);
  assert.equal(head.headers['x-content-type-options'], 'nosniff');
  assert.equal(head.headers['x-powered-by'], undefined);
});

test('what was refused is counted by why', async () => {
  for (const [outcome, least] of [
    ['unauthorized', 20],
    ['invalid', 9],
    ['published', 2],
  ] as const) {
    const count = (await metric(app, `quay_switch_changes_total{outcome="${outcome}"`)) ?? 0;
    assert.ok(count >= least, `${outcome}: ${count}`);
  }
});

test('without tokens changes are off; a file of tokens turns them on; faulty ones end the start', async () => {
  const off = await runController(redis, { SWITCH_ADMIN_TOKENS: '' });
  try {
    const { status, json } = await setPull(off, await versionOf(off), 'go');
    assert.equal(status, 403);
    assert.match(json.error.message, /SWITCH_ADMIN_TOKENS/);
  } finally {
    await off.stop();
  }
  const file = join(temporaryFolder('tokens'), 'tokens');
  writeFileSync(file, `carol:${BOB}-of-carol\n`);
  const on = await runController(redis, { SWITCH_ADMIN_TOKENS: '', SWITCH_ADMIN_TOKENS_FILE: file });
  try {
    const changed = await setPull(on, await versionOf(on), 'go', `${BOB}-of-carol`);
    assert.equal((changed.json as Record<string, unknown>).updated_by, 'carol');
  } finally {
    await on.stop();
  }
  await assert.rejects(runController(redis, { SWITCH_ADMIN_TOKENS: 'dave:short-secret' }), (error: Error) => {
    assert.match(error.message, /SWITCH_ADMIN_TOKENS/);
    return !error.message.includes('short-secret');
  });
  await assert.rejects(runController(redis, { SWITCH_ADMIN_TOKENS_FILE: file }), /SWITCH_ADMIN_TOKENS_FILE/);
});
