import assert from 'node:assert/strict';
import { test } from 'node:test';
import { leaveOutDatabase, shareRdsStatus } from '../../src/health/rds-aware.ts';
import type { CheckResult } from '../../src/health/service-check.ts';
import { judge } from '../../src/health/verdict.ts';

const results = (entries: Record<string, CheckResult>) => new Map(Object.entries(entries));
const DATABASE_DOWN = results({
  database: { healthy: false, failure: 'Could not connect to the database: no' },
  auth: { healthy: true },
});

test('all services have to be healthy; what they say is told beside it', () => {
  assert.deepEqual(
    judge(
      results({
        a: { healthy: true, message: '' },
        b: { healthy: true, message: 'skipped' },
        c: { healthy: false, failure: 'away' },
      }),
    ),
    {
      healthy: false,
      services: { a: true, b: true, c: false },
      expanded: {
        a: { status: true },
        b: { status: true, message: 'skipped' },
        c: { status: false, failure: 'away' },
      },
      notes: [],
    },
  );
  assert.equal(judge(results({ a: { healthy: true } })).healthy, true);
});

test('a database that RDS does not call available is shown and left out of the verdict', async () => {
  const options = await leaveOutDatabase(DATABASE_DOWN, () => Promise.resolve('rebooting'));
  const verdict = judge(DATABASE_DOWN, options);
  assert.equal(verdict.healthy, true);
  assert.equal(verdict.services.database, false);
  assert.deepEqual(verdict.notes, [
    'DB reports unhealthy; RDS status: rebooting',
    'database skipped in compute health',
  ]);
});

test('a database that RDS calls available is the fault of this instance', async () => {
  const options = await leaveOutDatabase(DATABASE_DOWN, () => Promise.resolve('available'));
  const verdict = judge(DATABASE_DOWN, options);
  assert.equal(verdict.healthy, false);
  assert.deepEqual(verdict.notes, ['DB reports unhealthy; RDS status: available']);
});

test('RDS is not asked about a database that is well, or that is not looked at', async () => {
  const never = () => Promise.reject(new Error('asked'));
  assert.deepEqual(await leaveOutDatabase(results({ database: { healthy: true } }), never), {});
  assert.deepEqual(await leaveOutDatabase(results({ auth: { healthy: false, failure: '' } }), never), {});
});

test('RDS is asked once in ten seconds, and given two to answer', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let now = 0;
  t.mock.method(performance, 'now', () => now);
  let asked = 0;
  const answers = ['available', new Error('throttled'), undefined];
  const status = shareRdsStatus(() => {
    const answer = answers[asked];
    asked += 1;
    if (answer instanceof Error) return Promise.reject(answer);
    return answer === undefined ? new Promise(() => undefined) : Promise.resolve(answer);
  });
  assert.deepEqual(await Promise.all([status(), status()]), ['available', 'available']);
  assert.equal(asked, 1);
  now = 10_000;
  assert.equal(await status(), 'error');
  now = 20_000;
  const late = status();
  t.mock.timers.tick(2000);
  assert.equal(await late, 'error');
  assert.equal(asked, 3);
});
