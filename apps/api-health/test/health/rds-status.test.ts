import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectRds } from '../../src/health/rds-status.ts';

test('the parameters of the checker are those of Quay, and a wrong one is named without its value', () => {
  for (const [parameters, key] of [
    [{ access_key: 'only' }, 'access_key'],
    [{ secret_key: 'only' }, 'access_key'],
    [{ region: ['TopSecret'] }, 'region'],
    [{ db_instance: 7 }, 'db_instance'],
  ] as const)
    assert.throws(
      () => connectRds(parameters, {}),
      (error: Error) =>
        error.message.includes(`HEALTH_CHECKER[1].${key}`) && !error.message.includes('TopSecret'),
    );
});

test('where RDS is not reached the status is error, and why is said', async (t) => {
  const said: string[] = [];
  const rds = connectRds(
    { access_key: 'TheAccessKey', secret_key: 'TheSecretKey' },
    { endpoint: 'http://127.0.0.1:1', onFailure: (why) => said.push(why) },
  );
  t.after(() => rds.close());
  assert.equal(await rds.status(), 'error');
  assert.deepEqual(said, ['ECONNREFUSED']);
});
