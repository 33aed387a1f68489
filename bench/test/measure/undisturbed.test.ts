import assert from 'node:assert/strict';
import { test } from 'node:test';
import { busySeconds, undisturbed, type Disturbance } from '../../src/measure/undisturbed.ts';

/** Runs a measurement that gives its number, while others use these shares of the machine. */
async function run(shares: readonly number[]) {
  const told: Disturbance[] = [];
  let tries = 0;
  const watch = () => () => shares[tries - 1] ?? shares.at(-1)!;
  const measure = () => Promise.resolve((tries += 1));
  const result = await undisturbed(measure, 8, (one) => told.push(one), watch, 0);
  return { result, tries, told };
}

test('a quiet machine is measured once', async () => {
  assert.deepEqual(await run([0.01]), { result: 1, tries: 1, told: [] });
});

test('a disturbed measurement is repeated until one is quiet', async () => {
  assert.deepEqual(await run([0.5, 0.3, 0.02]), { result: 3, tries: 3, told: [] });
});

test('if none is quiet the least disturbed one counts, and that is told', async () => {
  const { result, told } = await run([0.9, 0.8, 0.2, 0.7]);
  assert.equal(result, 3);
  assert.deepEqual(told, [{ share: 0.2, tries: 8 }]);
});

test('time of user, nice, system, interrupts and steal is busy; idle and waiting is not', () => {
  assert.equal(busySeconds('cpu  100 200 300 9999 9999 10 20 30 500 0\ncpu0 1 1 1 1\n'), 6.6);
});
