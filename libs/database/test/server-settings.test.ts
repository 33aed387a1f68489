import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAllServerSettings, parseServerSettings } from '../src/server-settings.ts';

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

test('keepalives are sent unless they are turned off', () => {
  assert.equal(parse('postgresql://db/quay').keepAlive, true);
  assert.equal(parse('postgresql://db/quay', { keepalives: 1, keepalives_idle: 30 }).keepAliveIdleMs, 30_000);
  assert.equal(parse('postgresql://db/quay', { keepalives: 0 }).keepAlive, false);
  assert.equal(parse('postgresql://db/quay?keepalives=0').keepAlive, false);
});

test('the faults of all servers at once, each with its key and its source', () => {
  const server = (uri: string, key: string, connectionArgs = {}) => ({
    uri,
    connectionArgs,
    origin: { uri: `${key} (/conf/config.yaml)`, connectionArgs: 'DB_CONNECTION_ARGS (/conf/config.yaml)' },
  });
  assert.throws(
    () =>
      parseAllServerSettings([
        server('mysql+pymysql://user:s3cret@db/quay', 'DB_URI'),
        server('postgresql://db/quay', 'DB_READ_REPLICAS[0].DB_URI'),
        server('s3cret', 'DB_READ_REPLICAS[1].DB_URI'),
        server('postgresql://db/quay', 'DB_READ_REPLICAS[2].DB_URI', { sslmode: 's3cret' }),
        server('postgresql://db/quay?sslmode=s3cret', 'DB_READ_REPLICAS[3].DB_URI'),
      ]),
    (error: Error & { code?: string }) => {
      assert.equal(error.code, 'DATABASE_UNSUPPORTED');
      assert.doesNotMatch(String(error.stack), /s3cret/);
      const lines = error.message.split('\n');
      assert.equal(lines.length, 5);
      assert.match(lines[1] ?? '', /^ {2}DB_URI \(\/conf\/config.yaml\): .*MySQL is not supported/);
      assert.match(lines[2] ?? '', /^ {2}DB_READ_REPLICAS\[1\]\.DB_URI \(.*form postgresql/);
      assert.match(lines[3] ?? '', /^ {2}DB_CONNECTION_ARGS \(.*sslmode must be/);
      assert.match(lines[4] ?? '', /^ {2}DB_READ_REPLICAS\[3\]\.DB_URI \(.*sslmode must be/);
      return true;
    },
  );
  assert.throws(() => parseAllServerSettings([server('sqlite:///x', 'DB_URI')]), {
    code: 'DATABASE_UNSUPPORTED',
    message: /^DB_URI \(\/conf\/config.yaml\): The database URL starts with sqlite/,
  });
});

test('an unknown sslmode is refused', () => {
  assert.throws(() => parse('postgresql://db/quay', { sslmode: 'sometimes' }), {
    code: 'DATABASE_URL_INVALID',
    message: /disable, allow, prefer, require, verify-ca, verify-full/,
  });
});
