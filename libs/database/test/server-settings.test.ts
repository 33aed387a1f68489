import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseServerSettings } from '../src/server-settings.ts';

const parse = (uri: string, connectionArgs: Record<string, unknown> = {}) =>
  parseServerSettings({ uri, connectionArgs });

test('arguments of the driver win over the query of the URL, the URL itself wins over both', () => {
  const settings = parse('postgresql://user:s3cret@db:5433/quay?sslmode=disable&connect_timeout=9', {
    sslmode: 'verify-full',
    sslrootcert: '/conf/ca.pem',
    connect_timeout: 2,
    max_connections: 25,
    host: 'other',
    user: 'other',
    threadlocals: true,
    autorollback: true,
  });
  assert.equal(settings.host, 'db');
  assert.equal(settings.user, 'user');
  assert.equal(settings.tls.mode, 'verify-full');
  assert.equal(settings.tls.rootCertificate, '/conf/ca.pem');
  assert.equal(settings.connectTimeoutMs, 2000);
  assert.equal(settings.maxConnections, 25);
  assert.equal(settings.display, 'db:5433/quay');
});

test('without anything said TLS is used if the server has it, as libpq does', () => {
  assert.equal(parse('postgresql://db/quay').tls.mode, 'prefer');
});

test('the folder of a unix socket', () => {
  const settings = parse('postgresql://user@/quay?host=/run/postgresql&port=5433');
  assert.equal(settings.host, '/run/postgresql');
  assert.equal(settings.port, 5433);
});

test('an IPv6 host is shown in brackets', () => {
  assert.equal(parse('postgresql://u:s3cret@[::1]/quay').display, '[::1]:5432/quay');
});

test('zero and nonsense mean that no limit was given', () => {
  const settings = parse('postgresql://db/quay', {
    connect_timeout: 0,
    max_connections: null,
    keepalives_idle: 'x',
  });
  assert.equal(settings.connectTimeoutMs, undefined);
  assert.equal(settings.maxConnections, undefined);
  assert.equal(settings.keepAliveIdleMs, 10_000);
});

test('an unknown sslmode is refused', () => {
  assert.throws(() => parse('postgresql://db/quay', { sslmode: 'sometimes' }), {
    code: 'DATABASE_URL_INVALID',
    message: /disable, allow, prefer, require, verify-ca, verify-full/,
  });
});
