import assert from 'node:assert/strict';
import { existsSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { temporaryFolder, waitUntil } from '@quay-observability/testkit';
import { PULLS_TO_GO, snapshotJson } from './owner-switches/snapshots.ts';
import { killSwitchedApps, startSwitchedApp, type SwitchedApp } from './run-switched-app.ts';

after(killSwitchedApps);

const DECISIONS = 'quay_switch_owner_decision_total';
const POLLS = 'quay_switch_polls_total';
const REFUSALS = 'quay_switch_parse_failures_total';
const AGE = 'quay_switch_snapshot_age_seconds';
const VERSION = 'quay_switch_snapshot_version';

const GO = { ...PULLS_TO_GO, WORKER_OWNER_GCWORKER: 'go' };
const WHO = { updated_by: 'mia', reason: 'try it' };

function switchFile() {
  const folder = temporaryFolder('switches');
  const file = join(folder, 'switches.yaml');
  const replace = (content: string | Uint8Array) => {
    writeFileSync(`${file}.next`, content);
    renameSync(`${file}.next`, file);
  };
  const publish = (version: number, owners = {}, more = {}) =>
    replace(JSON.stringify(snapshotJson(version, owners, more)));
  const env = { SWITCH_SOURCE: 'file', SWITCH_FILE: file, SWITCH_STATE_DIR: join(folder, 'state') };
  return { folder, file, replace, publish, env };
}

function inForce(app: SwitchedApp, version: number) {
  return waitUntil(`version ${version}`, async () => (await app.sample(VERSION)) === version);
}

/** Waits until a poll is over that began after now. */
async function anotherPoll(app: SwitchedApp) {
  const before = await app.sample(POLLS);
  await waitUntil('two more polls', async () => (await app.sample(POLLS)) >= before + 2);
}

// Each waits for polls most of the time.
describe('an app that follows a file', { concurrency: 4 }, () => {
  test('an app follows a file: owners, work, counters and the audit log', async () => {
    const { publish, env } = switchFile();
    publish(1);
    const app = await startSwitchedApp(env);
    assert.equal(await app.sample(VERSION), 1);
    assert.ok(app.messages().includes('Idle: GCWORKER belongs to python.'));
    assert.equal(await app.sample('quay_worker_running', { program: 'GCWORKER' }), 0);
    assert.match(await app.readyz(), /\[\+\]owner switches ok\n/);
    assert.equal(await app.sample(DECISIONS, { owner: 'go' }), 0);

    publish(2, GO, WHO);
    await inForce(app, 2);
    await waitUntil('the work to begin', () => app.messages().includes('work begins'));
    await waitUntil('a pull of go', async () => (await app.sample(DECISIONS, { owner: 'go' })) > 0);
    assert.equal(await app.sample('quay_worker_running', { program: 'GCWORKER' }), 1);

    publish(3, { ...GO, WORKER_OWNER_GCWORKER: 'python' }, { ...WHO, reason: 'roll back' });
    await waitUntil('the work to end', () => app.messages().includes('work ends'));

    const changes = app.lines().filter(({ message }) => message === 'An owner switch has changed.');
    const [first, second] = [
      { version: 2, previous_version: 1, who: 'mia', reason: 'try it' },
      { version: 3, previous_version: 2, who: 'mia', reason: 'roll back' },
    ];
    assert.deepEqual(
      changes.map(({ data }) => data),
      [
        { what: 'ROUTE_OWNER_CAP_V2_PULL', from: null, to: 'go', ...first },
        { what: 'WORKER_OWNER_GCWORKER', from: null, to: 'go', ...first },
        { what: 'WORKER_OWNER_GCWORKER', from: 'go', to: 'python', ...second },
      ],
    );
    assert.equal(await app.sample(POLLS, { outcome: 'refused' }), 0);
    assert.ok((await app.sample(AGE)) < 2);
    assert.equal(await app.stop(), 0);
  });

  test('work is stopped when the app is', async () => {
    const { publish, env } = switchFile();
    publish(1, GO);
    const app = await startSwitchedApp(env);
    await waitUntil('the work to begin', () => app.messages().includes('work begins'));
    assert.equal(await app.stop(), 0);
    assert.deepEqual(app.messages().slice(-3), ['work ends', 'GCWORKER has stopped.', 'Stopped.']);
  });

  const LAST_GOOD = snapshotJson(5, GO);
  /** What happens to the file one after the other, what each poll of it counts as, and the cause that the log names. */
  const TROUBLES = [
    ['corrupt', Buffer.from([0xff, 0x00, 0xfe]), 'refused', /is not UTF-8/],
    ['truncated', JSON.stringify(LAST_GOOD).slice(0, 60), 'refused', /is not YAML/],
    ['lower', JSON.stringify({ ...LAST_GOOD, version: 4 }), 'refused', /Version 4 .* lower than version 5/],
    ['changed', JSON.stringify(snapshotJson(5)), 'refused', /Version 5 .* with other content/],
    ['empty', '', 'refused', /is empty/],
    ['of 10 MB', Buffer.alloc(10_000_000), 'refused', /is larger than 1048576 bytes/],
    ['malformed', '{"version": "5", "owners": []}', 'refused', /version: expected .*owners: expected/],
    ['away', undefined, 'unavailable', /cannot be read: ENOENT/],
  ] as const;

  test('whatever becomes of the file, the last known good decides, the counter moves, and the log names each cause once', async () => {
    const { file, publish, replace, env } = switchFile();
    publish(5, GO);
    const app = await startSwitchedApp(env);
    let refusals = 0;
    for (const [name, content, outcome, cause] of TROUBLES) {
      const before = await app.sample(POLLS, { outcome });
      if (content === undefined) rmSync(file);
      else replace(content);
      await waitUntil(`the trouble of a file that is ${name}`, () =>
        app.messages().some((message) => cause.test(message)),
      );
      assert.ok((await app.sample(POLLS, { outcome })) > before, name);
      if (outcome === 'refused') refusals += 1;
      assert.ok((await app.sample(REFUSALS)) >= refusals, name);
      const degraded =
        /\[!\]owner switches degraded: version 5 is the last known good: (.*)\n[^]*readyz check passed/;
      await waitUntil('/readyz to name the cause', async () =>
        cause.test(degraded.exec(await app.readyz())?.[1] ?? ''),
      );
    }
    assert.ok((await app.sample(AGE)) >= TROUBLES.length * 0.9);
    assert.equal(await app.sample(VERSION), 5);
    assert.equal(await app.sample(DECISIONS, { owner: 'python' }), 0);
    assert.ok(
      (await app.sample(DECISIONS, { capability: 'V2_PULL', owner: 'go', source: 'last-known-good' })) > 0,
    );
    assert.equal(await app.sample('quay_worker_running', { program: 'GCWORKER' }), 1);
    assert.ok(!app.messages().includes('work ends'));
    const told = app
      .messages()
      .filter((message) => message.startsWith('The owner switches cannot be updated'));
    assert.equal(told.length, TROUBLES.length, told.join('\n'));

    publish(6);
    await inForce(app, 6);
    await waitUntil('/readyz to be well', async () => (await app.readyz()).includes('[+]owner switches ok'));
    assert.ok((await app.sample(AGE)) < 2);
    const recovered = `The owner switches are up to date again (file ${file}).`;
    assert.equal(app.messages().filter((message) => message === recovered).length, 1);

    // An owner that is not known is no trouble: it counts as python, and the rest is in force.
    publish(7, { ROUTE_OWNER_CAP_V2_PULL: 'rust', WORKER_OWNER_GCWORKER: 'go' });
    await inForce(app, 7);
    await waitUntil('a decision', async () => (await app.sample(DECISIONS, { source: 'fail-closed' })) > 0);
    const warning = app.messages().find((message) => message.startsWith('Doubtful owner switches: '));
    assert.match(warning ?? '', /ROUTE_OWNER_CAP_V2_PULL.*unknown owner.*python/);
    assert.equal(await app.stop(), 0);
  });

  test('a restart while the file is away finds the last known good on disk, and confirms it when the file is back', async () => {
    const { file, publish, env } = switchFile();
    publish(5, GO);
    assert.equal(await (await startSwitchedApp(env)).stop(), 0);
    rmSync(file);
    const app = await startSwitchedApp(env);
    await waitUntil('the work to begin', () => app.messages().includes('work begins'));
    assert.equal(await app.sample(VERSION), 5);
    await waitUntil(
      'a decision',
      async () => (await app.sample(DECISIONS, { owner: 'go', source: 'last-known-good' })) > 0,
    );
    publish(5, GO);
    await waitUntil(
      'a decision',
      async () => (await app.sample(DECISIONS, { owner: 'go', source: 'capability' })) > 0,
    );
    await app.stop();
  });

  test('a restart cannot bring back an owner that was rolled back: not from an old file, nor from the environment', async () => {
    const { publish, env } = switchFile();
    publish(4, GO);
    const before = await startSwitchedApp(env);
    publish(5, {});
    await inForce(before, 5);
    assert.equal(await before.stop(), 0);
    publish(4, GO);
    const app = await startSwitchedApp({
      ...env,
      ROUTE_OWNER_CAP_V2_PULL: 'go',
      WORKER_OWNER_GCWORKER: 'go',
    });
    await anotherPoll(app);
    assert.equal(await app.sample(VERSION), 5);
    assert.equal(await app.sample(DECISIONS, { owner: 'go' }), 0);
    const ignored = app
      .lines()
      .find(({ message }) => message.startsWith('Owner switches in the environment'));
    assert.deepEqual(ignored?.data.ignored, ['ROUTE_OWNER_CAP_V2_PULL', 'WORKER_OWNER_GCWORKER']);
    await app.stop();
  });

  test('without file and last known good an app starts fail-closed, and follows the file once it is there', async () => {
    const { publish, env } = switchFile();
    const app = await startSwitchedApp(env);
    assert.match(await app.readyz(), /degraded: everything belongs to python: .*ENOENT/);
    await waitUntil(
      'a decision',
      async () => (await app.sample(DECISIONS, { owner: 'python', source: 'fail-closed' })) > 0,
    );
    assert.equal(await app.sample(VERSION), 0);
    publish(1, GO);
    await waitUntil('the work to begin', () => app.messages().includes('work begins'));
    await app.stop();
  });

  test('the kill switch of the environment wins over the file', async () => {
    const { publish, env } = switchFile();
    publish(1, GO);
    const app = await startSwitchedApp({ ...env, MIGRATION_FORCE_PYTHON: 'true' });
    await waitUntil(
      'a decision',
      async () => (await app.sample(DECISIONS, { owner: 'python', source: 'force' })) > 0,
    );
    assert.equal(await app.sample(DECISIONS, { owner: 'go' }), 0);
    assert.ok(app.messages().includes('Idle: GCWORKER belongs to python.'));
    await app.stop();
  });

  test('a full disk is logged once and harms nothing: the new owners are in force', async () => {
    const { folder, publish, env } = switchFile();
    publish(1);
    const app = await startSwitchedApp(env);
    const kept = join(folder, 'state/gc-worker/last-known-good.json');
    await waitUntil('the first version on disk', () => existsSync(kept));
    symlinkSync('/dev/full', `${kept}.${hostname()}-${app.pid}.tmp`);
    publish(2, GO);
    await waitUntil('the work to begin', () => app.messages().includes('work begins'));
    await waitUntil('the recovery', () =>
      app.messages().includes('The last known good owner switches are on disk again.'),
    );
    assert.deepEqual(
      app.messages().filter((message) => message.includes('cannot be kept')),
      [`The last known good owner switches cannot be kept on disk. ${kept}: ENOSPC`],
    );
    assert.equal(await app.sample(POLLS, { outcome: 'refused' }), 0);
    await app.stop();
  });
});
