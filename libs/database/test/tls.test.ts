import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTlsSettings, tlsIsOptional, tlsOptions } from '../src/tls.ts';

const settings = (given: Record<string, string>) => parseTlsSettings((name) => given[name]);

const modes: readonly [mode: string, verifies: boolean, verifiesName: boolean, optional: boolean][] = [
  ['allow', false, false, true],
  ['prefer', false, false, true],
  ['require', false, false, false],
  ['verify-ca', true, false, false],
  ['verify-full', true, true, false],
];

for (const [mode, verifies, verifiesName, optional] of modes) {
  test(`sslmode ${mode} verifies what it does in libpq`, async () => {
    const parsed = settings({ sslmode: mode });
    const options = await tlsOptions(parsed);
    assert.ok(options !== false);
    assert.equal(options.rejectUnauthorized, verifies);
    assert.equal(options.checkServerIdentity === undefined, verifiesName);
    assert.equal(tlsIsOptional(parsed), optional);
  });
}

test('sslmode disable uses no TLS', async () => {
  assert.equal(await tlsOptions(settings({ sslmode: 'disable' })), false);
});

test('sslmode require verifies if it is given a root certificate', async () => {
  const options = await tlsOptions(settings({ sslmode: 'require', sslrootcert: import.meta.filename }));
  assert.ok(options !== false);
  assert.equal(options.rejectUnauthorized, true);
  assert.ok(Buffer.isBuffer(options.ca));
});

test('a missing file is named', async () => {
  await assert.rejects(tlsOptions(settings({ sslmode: 'verify-ca', sslrootcert: '/nowhere/ca.pem' })), {
    code: 'TLS_FILE_UNREADABLE',
    message: /\/nowhere\/ca\.pem/,
  });
});
