import assert from 'node:assert/strict';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { CAPABILITIES } from '@quay-observability/owner-switch';
import {
  startRedis,
  temporaryFolder,
  waitUntil,
  type RunningApp,
  type Server,
} from '@quay-observability/testkit';
import { call, metric, runController, setPull, versionOf } from './run-controller.ts';

const FOLDER = temporaryFolder('switch-file');
const FILE = join(FOLDER, 'config.yaml');
const STATE = { SWITCH_STATE_DIR: temporaryFolder('switch-state'), SWITCH_STORE: 'file', SWITCH_FILE: FILE };

/** Replaces the file as operators' tools do: whole, by renaming. */
function write(version: number, owner: string): void {
  const text = `
SERVER_HOSTNAME: quay.example
MIGRATION_SWITCHES:
  version: ${version}
  updated_at: 2026-02-16T10:00:00Z
  updated_by: git
  owners:
    ROUTE_OWNER_CAP_V2_PULL: ${owner}
`;
  writeFileSync(`${FILE}.new`, text);
  renameSync(`${FILE}.new`, FILE);
}

/** A small file that is large when it is written out: one canary for many switches. */
function writeRepeated(version: number): void {
  const repos = Array.from({ length: 5000 }, (_, index) => `acme/repository-${index}`);
  const names = Object.keys(CAPABILITIES).map((name) => `ROUTE_OWNER_CAP_${name}`);
  const text = `
version: ${version}
updated_at: 2026-02-16T10:00:00Z
owners: {${names.map((name) => `${name}: go`).join(', ')}}
canaries:
  repos: &repos [${repos.join(', ')}]
  by_switch: {${names.map((name) => `${name}: {repos: *repos}`).join(', ')}}
`;
  assert.ok(text.length < 200_000);
  writeFileSync(`${FILE}.new`, text);
  renameSync(`${FILE}.new`, FILE);
}

let redis: Server;
let app: RunningApp;
before(async () => {
  redis = await startRedis();
  write(5, 'python');
  app = await runController(redis, STATE);
});
after(async () => {
  await app.stop();
  await redis.stop();
});

test('a file is served, followed when it is replaced, and its history kept', async () => {
  assert.equal(await versionOf(app), 5);
  write(6, 'go');
  const json = await waitUntil('the new file', async () => {
    const answer = await call(app, '/v1/snapshot');
    return answer.json.version === 6 && answer.json;
  });
  assert.deepEqual([json.updated_by, json.owners], ['git', { ROUTE_OWNER_CAP_V2_PULL: 'go' }]);
  const entries = await waitUntil('the history in Redis', async () => {
    const all = (await call(app, '/v1/history')).json.entries as { version: number; changes: unknown[] }[];
    return all.length === 2 && all;
  });
  assert.deepEqual(
    entries.map(({ version, changes }) => [version, changes]),
    [
      [6, [{ field: 'ROUTE_OWNER_CAP_V2_PULL', from: 'python', to: 'go' }]],
      [5, [{ field: 'ROUTE_OWNER_CAP_V2_PULL', from: null, to: 'python' }]],
    ],
  );
});

test('a change through the API is refused, and says where to make it', async () => {
  const { status, headers, json } = await setPull(app, 6, 'python');
  assert.deepEqual([status, headers.allow], [405, 'GET, HEAD, OPTIONS']);
  assert.ok(json.error.message.includes(FILE));
  assert.equal((await call(app, '/v1/rollback', { method: 'POST', body: { version: 6 } })).status, 405);
  assert.equal(await metric(app, 'quay_switch_changes_total{outcome="unavailable"'), 2);
});

test('a file that cannot be used changes nothing, and says why', async () => {
  for (const [spoil, reason] of [
    [() => write(4, 'python'), /lower than version 6/],
    [() => write(6, 'python'), /other content under version 6/],
    [() => writeFileSync(FILE, 'MIGRATION_SWITCHES: [\n'), /store degraded/],
    [() => writeRepeated(7), /of more than 1048576 bytes/],
    [() => renameSync(FILE, `${FILE}.away`), /cannot be read: ENOENT/],
  ] as const) {
    spoil();
    await waitUntil(`the trouble ${String(reason)}`, async () =>
      reason.test(await (await fetch(`${app.adminUrl}/readyz?verbose`)).text()),
    );
    assert.equal(await versionOf(app), 6);
    assert.equal((await fetch(`${app.adminUrl}/readyz`)).status, 200);
  }
});

test('with file and Redis away a restart serves what was read last, and a new file goes on from there', async () => {
  await app.stop();
  await redis.kill();
  app = await runController(redis, STATE);
  const { json } = await call(app, '/v1/snapshot');
  assert.deepEqual([json.version, json.owners], [6, { ROUTE_OWNER_CAP_V2_PULL: 'go' }]);
  for (const version of [7, 8]) {
    write(version, version === 7 ? 'python' : 'go');
    await waitUntil('the new file', async () => (await versionOf(app)) === version);
  }
  const recorded = async () =>
    ((await call(app, '/v1/history')).json.entries as { version: number }[]).map(({ version }) => version);
  assert.deepEqual(await recorded(), [8, 7]);
  await redis.restart();
  await waitUntil('the history to be kept again', () => app.process.log().includes('is kept in Redis again'));
  // From Redis, which had only the last of them.
  assert.deepEqual(await recorded(), [8, 7]);
});

test('SWITCH_STORE=file needs SWITCH_FILE', async () => {
  await assert.rejects(runController(redis, { SWITCH_STORE: 'file' }), /SWITCH_FILE/);
});
