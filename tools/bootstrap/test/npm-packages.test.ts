import assert from 'node:assert/strict';
import { test } from 'node:test';
import { whyInstall } from '../npm-packages.mjs';

const LOCK = {
  packages: {
    '': {},
    'libs/own': { version: '0.1.0' },
    'node_modules/a': { version: '1.0.0' },
    'node_modules/for-macs': { version: '1.0.0', os: ['darwin'], optional: true },
  },
};

test('installs if nothing is installed, and when a version differs or is missing', () => {
  assert.equal(whyInstall(LOCK, undefined), 'nothing is installed yet');
  assert.equal(whyInstall(LOCK, { packages: {} }), 'node_modules/a is missing');
  const older = { packages: { 'node_modules/a': { version: '0.9.0' } } };
  assert.equal(whyInstall(LOCK, older), 'node_modules/a is 0.9.0, the lock file wants 1.0.0');
});

test('installs nothing if all is there but what other platforms need', () => {
  assert.equal(whyInstall(LOCK, { packages: { 'node_modules/a': { version: '1.0.0' } } }), undefined);
});
