import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { aptInstall, withoutServiceStarts } from '../apt-install.mjs';
import { whatToInstall } from '../system-programs.mjs';

let folder: string;
let environment: NodeJS.ProcessEnv;
let policy: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'apt-install-'));
  environment = { ...process.env, PATH: `${folder}:${process.env.PATH}`, FOLDER: folder };
  policy = join(folder, 'policy-rc.d');
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Puts a script in the place of apt-get, which may not run for real here; its calls are recorded. */
function aptGet(script: string): void {
  const file = join(folder, 'apt-get');
  writeFileSync(file, `#!/bin/sh\necho "$*" | sed 's/.*Use-Pty=0 //' >> "$FOLDER/calls"\n${script}`);
  chmodSync(file, 0o755);
}

function calls(): string[] {
  return readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n');
}

test('one call is enough when all is there', async () => {
  aptGet('exit 0');
  await aptInstall(['a', 'b'], environment);
  assert.deepEqual(calls(), ['install --no-install-recommends a b']);
});

test('a failing update ends nothing, and one unavailable package keeps back no other', async () => {
  aptGet('case "$*" in *update* | *missing*) echo "E: no" >&2; exit 100 ;; esac');
  await aptInstall(['a', 'missing', 'b'], environment);
  const install = 'install --no-install-recommends';
  assert.deepEqual(calls(), [
    `${install} a missing b`,
    'update',
    `${install} a missing b`,
    `${install} a`,
    `${install} missing`,
    `${install} b`,
  ]);
});

test('what is missing comes with the exact command', () => {
  const missing = [
    { package: 'skopeo', why: 'pushes images' },
    { package: 'nginx-light', why: 'a yardstick' },
  ];
  assert.match(
    whatToInstall(missing, { debian: true, root: false }),
    /skopeo +pushes images\n.*\nInstall them with: sudo apt-get update; sudo apt-get install --no-install-recommends skopeo nginx-light$/,
  );
  assert.match(whatToInstall(missing, { debian: true, root: true }), /with: apt-get update; apt-get install/);
});

test('services are forbidden only while installing, and a policy of the machine is left as it is', async () => {
  await withoutServiceStarts(() => {
    assert.match(readFileSync(policy, 'utf8'), /exit 101/);
    return Promise.resolve();
  }, policy);
  assert.ok(!existsSync(policy));
  await assert.rejects(withoutServiceStarts(() => Promise.reject(new Error('no')), policy));
  assert.ok(!existsSync(policy));

  writeFileSync(policy, 'of the machine');
  await withoutServiceStarts(() => Promise.resolve(), policy);
  assert.equal(readFileSync(policy, 'utf8'), 'of the machine');
});

/** Starts an installation whose apt-get goes on until it is told to stop, and waits until it runs. */
async function installing() {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'fixtures/install.mjs'), policy], {
    env: environment,
    stdio: 'ignore',
  });
  while (!existsSync(join(folder, 'calls'))) await sleep(10);
  return child;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`${signal} in the middle of it reaches apt-get, and takes the policy away`, async () => {
    aptGet('exec sleep 20');
    const child = await installing();
    assert.ok(existsSync(policy));
    child.kill(signal);
    assert.deepEqual(await once(child, 'exit'), [signal === 'SIGINT' ? 130 : 143, null]);
    assert.ok(!existsSync(policy));
    assert.equal(calls().length, 1);
  });
}

test('a second Ctrl-C does not wait for an apt-get that ignores the first', async () => {
  aptGet(`trap '' INT\ntouch "$FOLDER/busy"\nwhile [ -e "$FOLDER/busy" ]; do sleep 0.05; done`);
  const child = await installing();
  while (!existsSync(join(folder, 'busy'))) await sleep(10);
  child.kill('SIGINT');
  await sleep(1700);
  assert.equal(child.exitCode, null);
  assert.ok(existsSync(policy));
  child.kill('SIGINT');
  assert.deepEqual(await once(child, 'exit'), [130, null]);
  assert.ok(!existsSync(policy));
});

test('a policy of the machine survives Ctrl-C too', async () => {
  writeFileSync(policy, 'of the machine');
  aptGet('exec sleep 20');
  const child = await installing();
  child.kill('SIGINT');
  await once(child, 'exit');
  assert.equal(readFileSync(policy, 'utf8'), 'of the machine');
});
