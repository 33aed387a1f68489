import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRdsStatus } from '../../src/health/rds-status.ts';

test('the parameters of the checker are those of Quay, and a wrong one is named without its value', () => {
  for (const [parameters, key] of [
    [{ access_key: 'only' }, 'access_key'],
    [{ secret_key: 'only' }, 'access_key'],
    [{ region: ['TopSecret'] }, 'region'],
    [{ db_instance: 7 }, 'db_instance'],
  ] as const)
    assert.throws(
      () => createRdsStatus(parameters, {}),
      (error: Error) =>
        error.message.includes(`HEALTH_CHECKER[1].${key}`) && !error.message.includes('TopSecret'),
    );
});

test('where RDS is not reached the status is error, and why is said', async () => {
  const said: string[] = [];
  const rds = createRdsStatus(
    { access_key: 'TheAccessKey', secret_key: 'TheSecretKey' },
    { endpoint: 'http://127.0.0.1:1', onFailure: (why) => said.push(why) },
  );
  assert.equal(await rds(), 'error');
  assert.deepEqual(said, ['ECONNREFUSED']);
});
