import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ConfigError,
  booleanSetting,
  choiceSetting,
  durationSecondsSetting,
  integerSetting,
  parseQuayConfig,
  portSetting,
  readSettings,
  readTogether,
  renderSettingsTable,
  stringSetting,
  urlSetting,
} from '../../src/index.ts';

const settings = {
  host: stringSetting('HOST', { default: '127.0.0.1', help: 'Address.' }),
  port: portSetting('PORT', { default: 8080, help: 'Port.' }),
  upstream: urlSetting('UPSTREAM', { help: 'Upstream.' }),
  token: stringSetting('TOKEN', { default: undefined, help: 'Token.' }),
  debug: booleanSetting('DEBUG', { default: false, help: 'Debug.' }),
  workers: integerSetting('WORKERS', { default: 4, min: 1, max: 64, help: 'Workers.' }),
  grace: durationSecondsSetting('GRACE', { default: 20, min: 1, max: 600, help: 'Grace.' }),
  mode: choiceSetting('MODE', { choices: ['fast', 'safe'], default: 'safe', help: 'Mode.' }),
};

test('defaults, and typed values', () => {
  const values = readSettings({ UPSTREAM: 'http://quay:8080/x' }, settings);
  const typed: {
    host: string;
    port: number;
    upstream: string;
    token: string | undefined;
    debug: boolean;
    workers: number;
    grace: number;
    mode: 'fast' | 'safe';
  } = values;
  assert.deepEqual(typed, {
    host: '127.0.0.1',
    port: 8080,
    upstream: 'http://quay:8080/x',
    token: undefined,
    debug: false,
    workers: 4,
    grace: 20,
    mode: 'safe',
  });
});

test('texts become values', () => {
  const values = readSettings(
    {
      UPSTREAM: 'https://h',
      PORT: '0',
      DEBUG: 'Yes',
      WORKERS: ' 64 ',
      GRACE: '1.5',
      MODE: 'fast',
      TOKEN: 't',
    },
    settings,
  );
  assert.deepEqual(
    { ...values, host: '' },
    {
      host: '',
      port: 0,
      upstream: 'https://h',
      token: 't',
      debug: true,
      workers: 64,
      grace: 1.5,
      mode: 'fast',
    },
  );
});

test('all faults at once, without the values', () => {
  const env = {
    PORT: '65536-s3cret',
    UPSTREAM: 'ftp://s3cret@h',
    DEBUG: 's3cret',
    WORKERS: '0',
    GRACE: '1e3',
    MODE: 's3cret',
  };
  assert.throws(
    () => readSettings(env, settings),
    (error) => {
      assert.ok(error instanceof ConfigError);
      assert.deepEqual(
        error.faults.map(({ key, problem }) => `${key}: ${problem}`),
        [
          'PORT: expected a whole number, 0..65535',
          'UPSTREAM: expected a URL that starts with http:// or https://',
          'DEBUG: expected true or false',
          'WORKERS: expected a whole number, 1..64',
          'GRACE: expected a number of seconds, 1..600',
          'MODE: expected one of fast, safe',
        ],
      );
      assert.doesNotMatch(String(error.stack), /s3cret/);
      return true;
    },
  );
});

test('an empty variable counts as absent', () => {
  assert.equal(readSettings({ PORT: '', UPSTREAM: 'http://h' }, settings).port, 8080);
  assert.throws(() => readSettings({ UPSTREAM: ' ' }, settings), /UPSTREAM .*is required and not set/);
});

test('the faults of several readers come together', () => {
  const readConfig = (share: string) => () =>
    parseQuayConfig('', { source: undefined, env: { DISKSPACE_HEALTH_THRESHOLD: share } });
  const [config, values] = readTogether(readConfig('0.5'), () =>
    readSettings({ UPSTREAM: 'http://h' }, settings),
  );
  assert.equal(config.health.diskSpaceThreshold, 0.5);
  assert.equal(values.port, 8080);
  assert.throws(
    () => readTogether(readConfig('x'), () => readSettings({}, settings)),
    (error) =>
      error instanceof ConfigError &&
      error.faults.map(({ key }) => key).join() === 'DISKSPACE_HEALTH_THRESHOLD,UPSTREAM',
  );
  assert.throws(
    () =>
      readTogether(
        () => readSettings({}, settings),
        () => assert.fail('a bug'),
      ),
    (error) => error instanceof Error && error.message === 'a bug',
    'an error that is no fault passes as it is',
  );
});

test('the table of settings', () => {
  assert.equal(
    renderSettingsTable({ port: settings.port, upstream: settings.upstream, token: settings.token }),
    `| variable | type | default | what it does |
| --- | --- | --- | --- |
| \`PORT\` | integer, 0..65535 | \`8080\` | Port. |
| \`UPSTREAM\` | URL | required | Upstream. |
| \`TOKEN\` | string | none | Token. |
`,
  );
});
