import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readHealthChecker } from '../../src/health/health-checker.ts';

test('both checkers leave out Redis and storage unless told otherwise; one asks RDS', () => {
  assert.deepEqual(readHealthChecker({ name: 'LocalHealthCheck', parameters: {} }), {
    instanceSkips: ['redis', 'storage'],
    rds: undefined,
  });
  const parameters = { access_key: 'a', secret_key: 'b', db_instance: 'quay', region: 'us-east-1' };
  for (const name of ['RDSAwareHealthCheck', 'ProductionHealthCheck'])
    assert.deepEqual(readHealthChecker({ name, parameters }), {
      instanceSkips: ['redis', 'storage'],
      rds: parameters,
    });
  const skips = readHealthChecker({ name: 'LocalHealthCheck', parameters: { instance_skips: [] } });
  assert.deepEqual(skips.instanceSkips, []);
});

test('faults are told by the name of the parameter, never with a value', () => {
  const cases: [string, Record<string, unknown>, RegExp][] = [
    ['Other', {}, /HEALTH_CHECKER \(.*expected one of LocalHealthCheck, /],
    [
      'LocalHealthCheck',
      { secret_key: 'hidden' },
      /HEALTH_CHECKER\[1\]\.secret_key .*expected one of instance_skips/,
    ],
    ['RDSAwareHealthCheck', { instance_skips: 'hidden' }, /\[1\]\.instance_skips .*expected a list/],
    ['RDSAwareHealthCheck', { instance_skips: [1] }, /\[1\]\.instance_skips .*expected a list/],
  ];
  for (const [name, parameters, message] of cases)
    assert.throws(
      () => readHealthChecker({ name, parameters }),
      (error: Error) => {
        assert.match(error.message, message);
        assert.ok(!error.message.includes('hidden'));
        return true;
      },
    );
});
