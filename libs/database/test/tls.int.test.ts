import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  requireProgram,
  startPostgres,
  temporaryFolder,
  type PostgresServer,
} from '@quay-observability/testkit';
import { createDatabase } from '../src/index.ts';

let server: PostgresServer;
const folder = temporaryFolder('certificates');
const certificate = join(folder, 'server.crt');
const otherCertificate = join(folder, 'other.crt');

/** Self-signed for `localhost`: its own root. */
function makeCertificate(name: string): void {
  const files = ['-keyout', join(folder, `${name}.key`), '-out', join(folder, `${name}.crt`)];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  execFileSync(
    requireProgram('openssl'),
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-days',
      '2',
      ...files,
      ...subject,
    ],
    { stdio: 'ignore' },
  );
}

before(async () => {
  makeCertificate('server');
  makeCertificate('other');
  server = await startPostgres();
  // PostgreSQL wants the key to be its own, and it does not run as root.
  const { uid, gid } = statSync(`/proc/${server.pid}`);
  const key = join(folder, 'server.key');
  chmodSync(folder, 0o755);
  chmodSync(key, 0o600);
  chownSync(key, uid, gid);
  await server.query(`ALTER SYSTEM SET ssl_cert_file = '${certificate}'`);
  await server.query(`ALTER SYSTEM SET ssl_key_file = '${key}'`);
  await server.query('ALTER SYSTEM SET ssl = on');
  await server.restart();
});
after(() => server.stop());

/** Whether the session is encrypted. */
async function encrypted(connectionArgs: Record<string, string>, host = 'localhost'): Promise<boolean> {
  const database = createDatabase({
    primary: { uri: `postgresql+psycopg2://quay:quay@${host}:${server.port}/quay`, connectionArgs },
    applicationName: 'tls-test',
  });
  try {
    const row = await database.read((queries) =>
      queries<{ ssl: boolean }>('pg_stat_ssl').whereRaw('pid = pg_backend_pid()').first('ssl'),
    );
    return row?.ssl === true;
  } finally {
    await database.close();
  }
}

test('TLS is used where the server has it, unless it is disabled', async () => {
  assert.equal(await encrypted({}), true);
  assert.equal(await encrypted({ sslmode: 'require' }), true);
  assert.equal(await encrypted({ sslmode: 'disable' }), false);
});

test('verify-full accepts the certificate of the host under its own root only', async () => {
  assert.equal(await encrypted({ sslmode: 'verify-full', sslrootcert: certificate }), true);
  await assert.rejects(encrypted({ sslmode: 'verify-full', sslrootcert: otherCertificate }), {
    code: 'DATABASE_UNAVAILABLE',
    message: /certificate/,
  });
  await assert.rejects(encrypted({ sslmode: 'verify-full', sslrootcert: certificate }, '127.0.0.1'), {
    code: 'DATABASE_UNAVAILABLE',
  });
});

test('verify-ca does not look at the host name', async () => {
  assert.equal(await encrypted({ sslmode: 'verify-ca', sslrootcert: certificate }, '127.0.0.1'), true);
  await assert.rejects(encrypted({ sslmode: 'verify-ca', sslrootcert: otherCertificate }), {
    code: 'DATABASE_UNAVAILABLE',
  });
});

test('a missing root certificate is named', async () => {
  await assert.rejects(encrypted({ sslmode: 'verify-ca', sslrootcert: '/nowhere/ca.pem' }), {
    code: 'DATABASE_UNAVAILABLE',
    message: /\/nowhere\/ca\.pem/,
  });
});
