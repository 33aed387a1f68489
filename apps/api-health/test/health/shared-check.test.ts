import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CheckResult } from '../../src/health/service-check.ts';
import { shareCheck } from '../../src/health/shared-check.ts';

const HEALTHY: CheckResult = { healthy: true };

function share(check: (signal: AbortSignal) => Promise<CheckResult>, options = {}) {
  return shareCheck(
    { name: 'service', check },
    { shareMs: 0, timeoutMs: 10_000, redact: (text) => text.replaceAll('secret', '[FILTERED]'), ...options },
  );
}

test('those who ask while a check runs get its result, and those who ask later another one', async () => {
  let runs = 0;
  const { run } = share(async () => {
    runs += 1;
    await sleep(20);
    return HEALTHY;
  });
  await Promise.all(Array.from({ length: 50 }, run));
  assert.equal(runs, 1);
  await run();
  assert.equal(runs, 2);
});

test('a result serves for as long as it is told', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let now = 0;
  t.mock.method(performance, 'now', () => now);
  let runs = 0;
  const { run } = share(
    () => {
      runs += 1;
      return Promise.resolve(HEALTHY);
    },
    { shareMs: 1000 },
  );
  await run();
  now = 999;
  await run();
  assert.equal(runs, 1);
  now = 1000;
  await run();
  assert.equal(runs, 2);
});

test('a check that throws is a failed one, and texts lose their secrets', async () => {
  const { run } = share(() => Promise.reject(new Error('no secret here')));
  assert.deepEqual(await run(), { healthy: false, failure: 'no [FILTERED] here' });
  const message = share(() => Promise.resolve({ healthy: true, message: 'secret' }));
  assert.deepEqual(await message.run(), { healthy: true, message: '[FILTERED]' });
});

test('a check that minds its signal says at its limit what it waited for', async () => {
  const { run } = share(
    (signal) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve({ healthy: false, failure: 'still waiting' }));
      }),
    { timeoutMs: 20 },
  );
  assert.deepEqual(await run(), { healthy: false, failure: 'still waiting' });
});

test('one that hangs on is given up, is not begun again before it ends, and then is', async () => {
  const held = Promise.withResolvers<CheckResult>();
  let runs = 0;
  const { run } = share(
    () => {
      runs += 1;
      return runs === 1 ? held.promise : Promise.resolve(HEALTHY);
    },
    { timeoutMs: 20 },
  );
  assert.deepEqual(await run(), { healthy: false, failure: 'No answer within 0.02 s' });
  for (let probe = 0; probe < 100; probe += 1)
    assert.deepEqual(await run(), { healthy: false, failure: 'The check before has not ended yet' });
  assert.equal(runs, 1);
  held.resolve(HEALTHY);
  await sleep(0);
  assert.deepEqual(await run(), HEALTHY);
  assert.equal(runs, 2);
});
