import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import {
  removeFolder,
  requireProgram,
  startDirectory,
  temporaryFolder,
  type Server,
} from '@quay-observability/testkit';
import { bindToLdap, type LdapBindOptions } from '@quay-observability/ldap';

const ADMIN = { dn: 'cn=admin,dc=example,dc=org', password: 'TheAdminPassword' };
const AWAY = 'ldap://127.0.0.1:1';

suite('binding', { timeout: 120_000 }, () => {
  const folder = temporaryFolder('ldap');
  /** Key and certificate in one file. */
  const pemFile = join(folder, 'server.pem');
  const certificateFile = join(folder, 'server.crt');
  let plain: Server;
  let secure: Server;

  before(async () => {
    execFileSync(
      requireProgram('openssl'),
      [
        ...[
          'req',
          '-x509',
          '-newkey',
          'ec',
          '-pkeyopt',
          'ec_paramgen_curve:prime256v1',
          '-nodes',
          '-days',
          '2',
        ],
        ...['-subj', '/CN=directory', '-addext', 'subjectAltName=IP:127.0.0.1'],
        ...['-keyout', pemFile, '-out', certificateFile],
      ],
      { stdio: 'pipe' },
    );
    appendFileSync(pemFile, readFileSync(certificateFile));
    [plain, secure] = await Promise.all([startDirectory(ADMIN), startDirectory({ ...ADMIN, pemFile })]);
  });
  after(async () => {
    await plain.stop();
    await secure.stop();
    removeFolder(folder);
  });

  const bind = (change: Partial<LdapBindOptions>) =>
    bindToLdap({
      uri: plain.url,
      ...ADMIN,
      connectTimeoutMs: 20_000,
      timeoutMs: 20_000,
      insecure: false,
      ...change,
    });

  test('the right password is taken, a wrong one and an unknown name refused', async () => {
    assert.deepEqual(await bind({}), { outcome: 'bound' });
    assert.deepEqual(await bind({ password: 'wrong' }), { outcome: 'refused' });
    assert.deepEqual(await bind({ dn: 'cn=nobody,dc=example,dc=org' }), { outcome: 'refused' });
  });

  test('what the directory answers else is told by its code, without the name', async () => {
    const result = await bind({ dn: 'TheAdminPassword is no name' });
    assert.deepEqual(result, { outcome: 'failed', problem: 'the directory answers ProtocolError (2)' });
  });

  test('of several servers the next is asked if one is away', async () => {
    assert.deepEqual(await bind({ uri: `${AWAY} ${plain.url}` }), { outcome: 'bound' });
    assert.deepEqual(await bind({ uri: AWAY }), { outcome: 'failed', problem: 'ECONNREFUSED' });
    assert.deepEqual(await bind({ uri: 'http://127.0.0.1' }), {
      outcome: 'failed',
      problem: 'a URI is not ldap:// or ldaps://',
    });
  });

  test('TLS: an authority that is known, one that is not, and any on request', async () => {
    const ca = readFileSync(certificateFile, 'utf8');
    assert.deepEqual(await bind({ uri: secure.url, ca }), { outcome: 'bound' });
    assert.deepEqual(await bind({ uri: secure.url }), {
      outcome: 'failed',
      problem: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    });
    assert.deepEqual(await bind({ uri: secure.url, insecure: true }), { outcome: 'bound' });
  });

  test('a directory that hangs is given up on, and the caller can do so before', async () => {
    plain.signal('SIGSTOP');
    try {
      assert.deepEqual(await bind({ timeoutMs: 300 }), { outcome: 'failed', problem: 'no answer in time' });
      const called = new AbortController();
      const attempt = bind({ signal: called.signal });
      called.abort();
      assert.deepEqual(await attempt, { outcome: 'failed', problem: 'it was called off' });
    } finally {
      plain.signal('SIGCONT');
    }
  });
});
