import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { RedisTlsSettings } from '@quay-observability/quay-config';
import {
  freePort,
  requireProgram,
  startRedis,
  temporaryFolder,
  type Server,
} from '@quay-observability/testkit';
import { createRedis } from '../src/index.ts';

let server: Server;
let tlsPort: number;
const folder = temporaryFolder('certificates');
const certificate = join(folder, 'server.crt');

before(async () => {
  const key = join(folder, 'server.key');
  // Self-signed for `localhost`: its own root.
  execFileSync(
    requireProgram('openssl'),
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'],
      ...[
        '-keyout',
        key,
        '-out',
        certificate,
        '-subj',
        '/CN=localhost',
        '-addext',
        'subjectAltName=DNS:localhost',
      ],
    ],
    { stdio: 'ignore' },
  );
  tlsPort = await freePort();
  server = await startRedis({
    args: [
      ...['--tls-port', String(tlsPort), '--tls-cert-file', certificate, '--tls-key-file', key],
      ...['--tls-auth-clients', 'no'],
    ],
  });
});
after(() => server.stop());

async function connects(host: string, tls: RedisTlsSettings): Promise<void> {
  const connection = createRedis({
    settings: { host, port: tlsPort, db: 0, tls, connectTimeoutMs: 1000, commandTimeoutMs: 1000 },
    name: 'tls',
  });
  try {
    await connection.whenReady(1000);
    await connection.ping(1000);
  } finally {
    await connection.close();
  }
}

test('a certificate under a known root is accepted for its own host name only', async () => {
  const tls = { verifyCertificate: true, verifyHostname: true, caFile: certificate };
  await connects('localhost', tls);
  await assert.rejects(connects('127.0.0.1', tls), {
    code: 'REDIS_UNAVAILABLE',
    message: /does not match|altnames/,
  });
  await connects('127.0.0.1', { ...tls, verifyHostname: false });
});

test('an unknown root is refused unless nothing is verified', async () => {
  await assert.rejects(connects('localhost', { verifyCertificate: true, verifyHostname: true }), {
    code: 'REDIS_UNAVAILABLE',
    message: /self-signed certificate/,
  });
  await connects('localhost', { verifyCertificate: false, verifyHostname: false });
});
