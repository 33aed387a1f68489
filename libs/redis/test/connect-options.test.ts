import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RedisSettings } from '@quay-observability/quay-config';
import { backoffMs, connectOptions, displayName } from '../src/connect-options.ts';

const settings: RedisSettings = {
  host: 'redis',
  port: 6379,
  db: 1,
  connectTimeoutMs: 5000,
  commandTimeoutMs: 5000,
};

test('the pause between attempts doubles up to the cap, with jitter', () => {
  const shortest = [1, 2, 3, 10, 1000].map((attempt) => backoffMs(attempt, 5000, () => 0));
  const longest = [1, 2, 3, 10, 1000].map((attempt) => backoffMs(attempt, 5000, () => 1));
  assert.deepEqual(shortest, [50, 100, 200, 2500, 2500]);
  assert.deepEqual(longest, [100, 200, 400, 5000, 5000]);
});

test('nothing queues and nothing is sent twice', () => {
  const options = connectOptions(settings, 'pulls', 5000);
  assert.equal(options.enableOfflineQueue, false);
  assert.equal(options.autoResendUnfulfilledCommands, false);
  assert.equal(options.maxRetriesPerRequest, 0);
  assert.equal(options.protocol, 2);
});

test('a socket takes the place of host and port', () => {
  const options = connectOptions({ ...settings, socketPath: '/run/redis.sock' }, 'pulls', 5000);
  assert.equal(options.path, '/run/redis.sock');
  assert.equal(options.host, undefined);
});

test('TLS: certificates and host names are verified unless told', () => {
  const verified = connectOptions(
    { ...settings, tls: { verifyCertificate: true, verifyHostname: true } },
    'x',
    1,
  ).tls;
  assert.equal(verified?.rejectUnauthorized, true);
  assert.equal(verified.checkServerIdentity, undefined);
  const trusting = connectOptions(
    { ...settings, tls: { verifyCertificate: false, verifyHostname: false } },
    'x',
    1,
  ).tls;
  assert.equal(trusting?.rejectUnauthorized, false);
  assert.equal(trusting.checkServerIdentity?.('other', {} as never), undefined);
});

test('a TLS file that is missing is named', () => {
  const tls = { verifyCertificate: true, verifyHostname: true, caFile: '/nowhere/ca.pem' };
  assert.throws(
    () => connectOptions({ ...settings, tls }, 'x', 1),
    (error: Error & { code?: string }) =>
      error.code === 'TLS_FILE_UNREADABLE' && error.message.includes('/nowhere/ca.pem'),
  );
});

test('the name in messages holds no credentials', () => {
  assert.equal(displayName({ ...settings, username: 'u', password: 's3cret' }), 'redis:6379/1');
  assert.equal(displayName({ ...settings, host: '::1' }), '[::1]:6379/1');
  assert.equal(displayName({ ...settings, socketPath: '/run/redis.sock' }), '/run/redis.sock/1');
});
