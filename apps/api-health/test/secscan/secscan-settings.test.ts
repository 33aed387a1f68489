import assert from 'node:assert/strict';
import { test } from 'node:test';
import { redactText } from '@quay-observability/logging';
import { ConfigError, readSettings } from '@quay-observability/quay-config';
import { planSecscan, secscanSettings } from '../../src/secscan/secscan-settings.ts';

const PSK = Buffer.from('own key').toString('base64');
const UPSTREAM_PSK = Buffer.from('upstream key').toString('base64');
const LISTEN = { SECSCAN_LISTEN_PORT: '6060', SECSCAN_UPSTREAM_URL: 'http://clair:6060/' };

const plan = (env: Record<string, string>, psk?: string) =>
  planSecscan(readSettings(env, secscanSettings), { psk });

/** The faults, `key: problem`; no message may hold a key. */
function faultsOf(env: Record<string, string>, psk?: string): string[] {
  try {
    plan(env, psk);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    assert.doesNotMatch(error.message, /secret/);
    assert.equal(redactText(error.message), error.message, 'readable in the log');
    return error.faults.map(({ key, problem }) => `${key}: ${problem}`);
  }
  return [];
}

void test('without a port there is no listener, whatever else is set', () => {
  assert.equal(plan({}), undefined);
  assert.equal(plan({ SECSCAN_JWT: 'resign' }), undefined);
});

void test('tokens pass, or are signed anew with two keys', () => {
  assert.deepEqual(plan(LISTEN), { port: 6060, upstreamUrl: 'http://clair:6060', tokens: { kind: 'pass' } });
  const resigning = plan({ ...LISTEN, SECSCAN_JWT: 'resign', SECSCAN_UPSTREAM_PSK: UPSTREAM_PSK }, PSK);
  assert.deepEqual(resigning?.tokens, {
    kind: 'resign',
    ownKey: Buffer.from('own key'),
    upstreamKey: Buffer.from('upstream key'),
  });
});

void test('what is missing or wrong is named, all of it at once, and never shown', () => {
  assert.deepEqual(faultsOf({ SECSCAN_LISTEN_PORT: '1' }), [
    'SECSCAN_UPSTREAM_URL: is required with SECSCAN_LISTEN_PORT and not set',
  ]);
  assert.deepEqual(faultsOf({ SECSCAN_LISTEN_PORT: '1', SECSCAN_JWT: 'resign' }), [
    'SECSCAN_UPSTREAM_URL: is required with SECSCAN_LISTEN_PORT and not set',
    'SECSCAN_UPSTREAM_PSK: is required with the choice `resign` of SECSCAN_JWT and not set',
    'SECURITY_SCANNER_V4_PSK: is required with the choice `resign` of SECSCAN_JWT and not set',
  ]);
  const resign = { ...LISTEN, SECSCAN_JWT: 'resign', SECSCAN_UPSTREAM_PSK: UPSTREAM_PSK };
  assert.deepEqual(faultsOf(resign, 'secret!'), ['SECURITY_SCANNER_V4_PSK: expected base64']);
  assert.deepEqual(faultsOf({ ...resign, SECSCAN_UPSTREAM_PSK: 'secret!' }, PSK), [
    'SECSCAN_UPSTREAM_PSK: expected base64',
  ]);
  assert.deepEqual(faultsOf({ ...LISTEN, SECSCAN_UPSTREAM_URL: 'http://u:secret@clair/' }), [
    'SECSCAN_UPSTREAM_URL: expected only scheme, host and port, as in http://clair:6060',
  ]);
});
