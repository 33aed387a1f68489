import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { createLiveness } from '../src/index.ts';
import { watchLoop } from '../src/loop-lag.ts';

test('the loop is as late as its latest turn was, or as the next one is by now', () => {
  mock.timers.enable({ apis: ['setInterval'] });
  try {
    let now = 0;
    const loop = watchLoop(() => now);
    assert.equal(loop.lagMs(), 0);
    now = 5000;
    assert.equal(loop.lagMs(), 4500);
    mock.timers.tick(500);
    assert.equal(loop.lagMs(), 4500);
    now = 5500;
    mock.timers.tick(500);
    assert.equal(loop.lagMs(), 0);
    loop.close();
  } finally {
    mock.timers.reset();
  }
});

test('a process whose real loop was blocked is not live, and is again when the loop turns', async () => {
  const liveness = createLiveness({
    maxLagMs: 400,
    timeoutMs: 2000,
    shareMs: 0,
    intervalMs: 10_000,
    scrub: (text) => text,
    onRun: () => undefined,
    onChange: () => undefined,
  });
  try {
    assert.equal((await liveness.report()).ready, true);
    const until = performance.now() + 1500;
    while (performance.now() < until);
    const blocked = await liveness.report();
    assert.equal(blocked.ready, false);
    assert.match(blocked.checks[0]?.message ?? '', /^\d+ ms late, at most 400 ms are allowed$/);
    while (!(await liveness.report()).ready) await new Promise((resolve) => setTimeout(resolve, 50));
  } finally {
    liveness.close();
  }
});
