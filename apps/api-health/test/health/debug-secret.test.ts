import assert from 'node:assert/strict';
import { test } from 'node:test';
import { debugCookieValues } from '../../src/health/debug-cookie.ts';
import { createDebugSecret } from '../../src/health/debug-secret.ts';

test('a cookie ends with its time, and with the secret', () => {
  let now = 1_700_000_000_000;
  const options = { lifetimeSeconds: 60, now: () => now };
  const secret = createDebugSecret('sesame', options);
  const value = secret.sign();
  assert.equal(secret.isSigned(value), true);
  assert.equal(createDebugSecret('sesame', options).isSigned(value), true, 'of another replica');
  assert.equal(createDebugSecret('other', options).isSigned(value), false);
  now += 59_999;
  assert.equal(secret.isSigned(value), true);
  now += 1;
  assert.equal(secret.isSigned(value), false);
});

test('without a secret nothing is one, and nobody has a session', () => {
  for (const absent of [undefined, '']) {
    const secret = createDebugSecret(absent, { lifetimeSeconds: 60 });
    assert.equal(secret.isSecret(''), false);
    assert.equal(secret.isSecret('undefined'), false);
    assert.equal(secret.isSigned(secret.sign()), false);
  }
});

test('only the cookie of this name counts, and only the first few of it', () => {
  assert.deepEqual(debugCookieValues(undefined), []);
  assert.deepEqual(debugCookieValues('a=1; quay_health_debug=2;quay_health_debug=3; xquay_health_debug=4'), [
    '2',
    '3',
  ]);
  assert.equal(debugCookieValues('quay_health_debug=1;'.repeat(1000)).length, 4);
});
