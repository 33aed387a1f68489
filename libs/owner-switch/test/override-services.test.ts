import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EMPTY_SNAPSHOT, parseSnapshot, readServiceOverrides } from '../src/index.ts';
import { snapshotJson } from './snapshot-json.ts';

test('a program that is set to false is disabled, others are not', () => {
  const overrides = readServiceOverrides(['gcworker=false', 'servicekey=true', 'nginx=false', 'builder']);
  assert.equal(overrides.isDisabled('GCWORKER'), true);
  for (const program of ['SERVICEKEY', 'BUILDER', 'NGINX', '', '__proto__'])
    assert.equal(overrides.isDisabled(program), false, program);
});

test('true wins over false, as in Quay', () => {
  const overrides = readServiceOverrides(['builder=false', 'builder=true']);
  assert.equal(overrides.isDisabled('BUILDER'), false);
});

test('a longer name that ends in a program disables it too, as in Quay', () => {
  const overrides = readServiceOverrides(['repositorygcworker=false']);
  assert.equal(overrides.isDisabled('REPOSITORYGCWORKER'), true);
  assert.equal(overrides.isDisabled('GCWORKER'), true);
  assert.equal(readServiceOverrides(['gcworker=false']).isDisabled('REPOSITORYGCWORKER'), false);
});

test('what Quay does not understand says nothing', () => {
  const overrides = readServiceOverrides([
    'GCWORKER=false',
    'gcworker=off',
    'gcworker = false',
    '=false',
    '',
  ]);
  assert.equal(overrides.isDisabled('GCWORKER'), false);
});

test('an override beside a switch is deprecated, one without is not', () => {
  const overrides = readServiceOverrides(['gcworker=false', 'servicekey=true', 'builder=false']);
  const owners = {
    WORKER_OWNER_GCWORKER: 'go',
    WORKER_OWNER_SERVICEKEY: 'python',
    WORKER_OWNER_SECURITYWORKER: 'go',
  };
  const { snapshot } = parseSnapshot(snapshotJson({ owners }));
  assert.deepEqual(overrides.deprecations(snapshot), [
    'QUAY_OVERRIDE_SERVICES names a program that WORKER_OWNER_GCWORKER decides: the switch wins. The override is deprecated; remove it.',
    'QUAY_OVERRIDE_SERVICES names a program that WORKER_OWNER_SERVICEKEY decides: the switch wins. The override is deprecated; remove it.',
  ]);
  assert.deepEqual(overrides.deprecations(EMPTY_SNAPSHOT), []);
});
