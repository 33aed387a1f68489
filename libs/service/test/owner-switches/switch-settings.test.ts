import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { readSwitchSettings } from '../../src/owner-switches/switch-settings.ts';

test('without settings the environment decides, and a source would be polled every 5 to 10 s', () => {
  const { stateDir, ...settings } = readSwitchSettings({});
  assert.deepEqual(settings, { source: { kind: 'environment' }, pollMinMs: 5000, pollMaxMs: 10_000 });
  assert.ok(stateDir.startsWith(tmpdir()), stateDir);
});

test('a file is told by its whole path', () => {
  const { source } = readSwitchSettings({ SWITCH_SOURCE: 'file', SWITCH_FILE: 'conf/switches.yaml' });
  assert.deepEqual(source, { kind: 'file', path: resolve('conf/switches.yaml') });
});

test('a controller is told by its URL', () => {
  const { source } = readSwitchSettings({
    SWITCH_SOURCE: 'controller',
    SWITCH_CONTROLLER_URL: 'http://sc:8081/sub',
  });
  assert.deepEqual(source, { kind: 'controller', url: new URL('http://sc:8081/sub') });
});

for (const [name, env, fault] of [
  [
    'an unknown source',
    { SWITCH_SOURCE: 'consul' },
    /SWITCH_SOURCE .*: expected one of environment, file, controller/,
  ],
  ['a file without a path', { SWITCH_SOURCE: 'file' }, /SWITCH_FILE .*: is required with SWITCH_SOURCE=file/],
  [
    'a controller without a URL',
    { SWITCH_SOURCE: 'controller' },
    /SWITCH_CONTROLLER_URL .*: is required with/,
  ],
  [
    'an interval below 1 s',
    { SWITCH_POLL_MIN_SECONDS: '0.5' },
    /SWITCH_POLL_MIN_SECONDS .*: expected .*1\.\.15/,
  ],
  [
    'an interval above 15 s',
    { SWITCH_POLL_MAX_SECONDS: '16' },
    /SWITCH_POLL_MAX_SECONDS .*: expected .*1\.\.15/,
  ],
  [
    'a shortest interval above the longest',
    { SWITCH_POLL_MIN_SECONDS: '9', SWITCH_POLL_MAX_SECONDS: '8' },
    /SWITCH_POLL_MIN_SECONDS .*: expected at most SWITCH_POLL_MAX_SECONDS/,
  ],
] as const)
  test(`${name} is a fault of the configuration`, () => {
    assert.throws(() => readSwitchSettings(env), fault);
  });

test('credentials in the URL are refused, and not repeated', () => {
  assert.throws(
    () =>
      readSwitchSettings({ SWITCH_SOURCE: 'controller', SWITCH_CONTROLLER_URL: 'http://me:hunter2@sc/?a=b' }),
    (error: Error) =>
      error.message.includes('without credentials, query and fragment') && !error.message.includes('hunter2'),
  );
});

test('all faults are told at once', () => {
  assert.throws(
    () =>
      readSwitchSettings({
        SWITCH_SOURCE: 'file',
        SWITCH_POLL_MIN_SECONDS: '9',
        SWITCH_POLL_MAX_SECONDS: '8',
      }),
    /2 fault\(s\)/,
  );
});
