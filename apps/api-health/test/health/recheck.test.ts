import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRecheck } from '../../src/health/recheck.ts';
import { shareCheck } from '../../src/health/shared-check.ts';

test('only what has failed is asked again, until it passes', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const stub = (answers: boolean[]) => {
    let runs = 0;
    const check = shareCheck(
      {
        name: 'service',
        check: () =>
          Promise.resolve(answers[runs++] === true ? { healthy: true } : { healthy: false, failure: 'away' }),
      },
      { shareMs: 0, timeoutMs: 10_000, redact: (text) => text },
    );
    return { check, runs: () => runs };
  };
  const [well, failing, unasked] = [stub([true]), stub([false, false, true]), stub([])];
  const recheck = createRecheck(
    [well, failing, unasked].map(({ check }) => check),
    1000,
  );
  recheck.start();
  await well.check.run();
  await failing.check.run();
  for (let interval = 0; interval < 5; interval += 1) {
    t.mock.timers.tick(1000);
    await new Promise(setImmediate);
  }
  recheck.close();
  assert.deepEqual([well.runs(), failing.runs(), unasked.runs()], [1, 3, 0]);
});
