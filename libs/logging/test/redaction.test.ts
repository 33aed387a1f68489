import assert from 'node:assert/strict';
import { test } from 'node:test';
import { redact } from '../src/index.ts';
import { captureLog, jsonLineOf } from './capture.ts';

const F = '[FILTERED]';

test('the fields that Quay filters, wherever they are nested', () => {
  const body = {
    password: 'hunter2',
    upstream_registry_password: 'hunter2',
    upstream_registry_username: 'robot',
    user: { name: 'ada', password: 'hunter2', repeatPassword: 'hunter2' },
    blob: 'sha256:0123456789abcdef',
    list: [{ deeper: [{ password: 12345 }] }],
  };
  assert.deepEqual(redact(body), {
    password: F,
    upstream_registry_password: F,
    upstream_registry_username: F,
    user: { name: 'ada', password: F, repeatPassword: F },
    blob: 'sha256:0',
    list: [{ deeper: [{ password: F }] }],
  });
});

test('secret-looking keys in any spelling', () => {
  const secrets = [
    's3_access_key',
    's3_secret_key',
    'access_key',
    'secret_key',
    'accessKeyId',
    'secretAccessKey',
    'aws_access_key_id',
    'AWS_SECRET_ACCESS_KEY',
    'aws_session_token',
    'sts_role_secret',
    'DATABASE_SECRET_KEY',
    'SECRET_KEY',
    'db_password',
    'DB_PASS',
    'pwd',
    'akamai_shared_secret',
    'AKAMAI_KEY',
    'akamai_signature',
    'token',
    'dt_api_token',
    'access_token',
    'refreshToken',
    'oauth_tokens',
    'Authorization',
    'AUTHORIZATION',
    'proxy-authorization',
    'Cookie',
    'set-cookie',
    'X-Registry-Auth',
    'SECURITY_SCANNER_V4_PSK',
    'psk',
    'preshared_key',
    'client_secret',
    'ENABLE_HEALTH_DEBUG_SECRET',
    'api_key',
    'apiKey',
    'X-Api-Key',
    'authkey',
    'auth_key',
    'tailscaleAuthKey',
    'privateKey',
    'jwt',
    'azure_account_key',
    'sas_token',
    'credentials',
    'auth',
    'passphrase',
    'STRIPE_SECRET_KEY',
    'connectionString',
    'X-Amz-Security-Token',
    'hec_token',
    'token_code',
    'repeat_password',
  ];
  const fields = Object.fromEntries(secrets.map((key) => [key, 'value-1']));
  assert.deepEqual(redact(fields), Object.fromEntries(secrets.map((key) => [key, F])));
  assert.deepEqual(redact({ cookie: ['a=b', 'c=d'], secret: { of: 'mine' } }), { cookie: F, secret: F });
});

test('what only sounds secret stays, and so do empty values, booleans and counts', () => {
  const open = {
    key: 'sha256/ab/cd',
    service_key: true,
    auth: true,
    author: 'ada',
    secretConfigured: true,
    tokens: 5,
    tokenCount: 3,
    token_type: 'bearer',
    compass: 'north',
    passed: 4,
    username: 'ada',
    namespace: 'quay',
    route: 'v2.generate_registry_jwt_x',
    password: '',
    secret: null,
    has_token: false,
    digest: 'sha256:0123',
    keyspace: 'x',
    primary_key: 'id',
    author_key: 'ada',
    status: 'pass',
  };
  assert.deepEqual(redact(open), open);
});

test('headers as pairs, as a flat list and as name and value', () => {
  assert.deepEqual(redact(['Host', 'quay.io', 'AUTHORIZATION', 'x', 'Cookie', 'y', 'Accept', '*']), [
    'Host',
    'quay.io',
    'AUTHORIZATION',
    F,
    'Cookie',
    F,
    'Accept',
    '*',
  ]);
  assert.deepEqual(
    redact([
      ['authorization', 'x'],
      ['host', 'h'],
    ]),
    [
      ['authorization', F],
      ['host', 'h'],
    ],
  );
  assert.deepEqual(redact({ name: 'set-cookie', value: 'x' }), { name: 'set-cookie', value: F });
  assert.deepEqual(redact(new Headers({ Authorization: 'x', host: 'h' })), { authorization: F, host: 'h' });
  assert.deepEqual(redact(new Map([['password', 'x']])), { password: F });
});

test('names and values under other keys, and commands of Redis', () => {
  assert.deepEqual(redact({ Name: 'password', Value: 'S' }), { Name: 'password', Value: F });
  assert.deepEqual(redact({ value: 'S', header: 'Authorization' }), { value: F, header: 'Authorization' });
  assert.deepEqual(redact({ name: 'x', KEY: 'secret_key', VALUE: 'S' }), {
    name: 'x',
    KEY: 'secret_key',
    VALUE: F,
  });
  assert.deepEqual(redact({ command: { name: 'auth', args: ['user', 'S'] } }), {
    command: { name: 'auth', args: F },
  });
  assert.deepEqual(redact({ name: 'hello', args: ['3', 'AUTH', 'user', 'S'] }), {
    name: 'hello',
    args: ['3', 'AUTH', F, F],
  });
  assert.deepEqual(redact(['AUTH', 'default', 'S']), ['AUTH', F, F]);
  assert.deepEqual(redact(['CONFIG', 'SET', 'requirepass', 'S']), ['CONFIG', 'SET', 'requirepass', F]);
  assert.deepEqual(redact({ rawHeaders: ['Authorization', 'S'] }), { rawHeaders: ['Authorization', F] });
  const open = { name: 'get', args: ['tag'], key: 'sha256/ab', value: 5 };
  assert.deepEqual(redact(open), open);
});

test('a value is never changed', () => {
  const fields = Object.freeze({
    password: 'x',
    nested: Object.freeze({ token: 'y', list: Object.freeze(['Bearer abc']) }),
  });
  const before = JSON.stringify(fields);
  redact(fields);
  jsonLineOf(fields);
  assert.equal(JSON.stringify(fields), before);
});

test('secrets in the message, in errors, in their causes, in getters and in both formats', () => {
  const secret = 'hunter2-s3cr3t';
  for (const json of [true, false]) {
    const { logger, lines } = captureLog({ json });
    const cause = new Error(`connect redis://:${secret}@cache:6379/1`);
    logger.error(`cannot open postgresql://quay:${secret}@db:5432/quay`, {
      error: new Error(`Authorization: Bearer ${secret}`, { cause }),
      nested: { error: new Error(`password=${secret}`) },
      get broken(): string {
        throw new Error(`{"token": "${secret}"}`);
      },
      toJson: { toJSON: () => ({ password: secret, url: `https://u:${secret}@h/` }) },
    });
    const text = lines().join('\n');
    assert.ok(!text.includes(secret), text);
    assert.ok(text.includes('db:5432/quay') && text.includes('cache:6379/1'), text);
  }
});
