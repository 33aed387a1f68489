import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCheckSet, type CheckSetOptions } from '../src/check-set.ts';

const OPTIONS: CheckSetOptions = {
  timeoutMs: 20,
  shareMs: 0,
  intervalMs: 10_000,
  scrub: (text) => text.replace('hunter2', '***'),
  onRun: () => undefined,
  onChange: () => undefined,
};

function failing(message: string) {
  return { name: 'database', required: true, check: () => Promise.reject(new Error(message)) };
}

test('what an error says is scrubbed, and is one line of bounded length', async () => {
  const checks = createCheckSet(OPTIONS);
  checks.add(failing(`postgres://quay:hunter2@db\n[+]database ok${'x'.repeat(1000)}`));
  const [result] = await checks.run();
  assert.match(result?.message ?? '', /^postgres:\/\/quay:\*\*\*@db \[\+\]database okx+\.\.\.$/);
  assert.ok((result?.message.length ?? 0) <= 503);
});

test('every run is told with its verdict and its seconds, a change once', async () => {
  const runs: [boolean, number][] = [];
  const changes: boolean[] = [];
  let well = true;
  const checks = createCheckSet({
    ...OPTIONS,
    failureThreshold: 2,
    onRun: ({ ok }, seconds) => runs.push([ok, seconds]),
    onChange: ({ ok }) => changes.push(ok),
  });
  checks.add({
    name: 'slow',
    required: true,
    check: () => (well ? Promise.resolve() : new Promise(() => 0)),
  });
  for (well of [true, false, false, false, true]) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    await checks.run();
  }
  assert.deepEqual(
    runs.map(([ok]) => ok),
    [true, true, false, false, true],
  );
  assert.ok((runs[1]?.[1] ?? 0) >= 0.015, 'the time limit was waited for');
  assert.deepEqual(changes, [false, true]);
});

test('a probe that comes while a run is under way shares it: a hanging check counts once', async () => {
  let runs = 0;
  const checks = createCheckSet({ ...OPTIONS, onRun: () => (runs += 1) });
  checks.add({ name: 'hanging', required: true, check: () => new Promise(() => 0) });
  const first = checks.run();
  await new Promise((resolve) => setTimeout(resolve, 5));
  await Promise.all([first, checks.run()]);
  assert.equal(runs, 1);
});

test('names that are the same in a path are refused', () => {
  const checks = createCheckSet(OPTIONS);
  checks.add({ ...failing('gone'), name: 'owner switches' });
  assert.throws(
    () => checks.add({ ...failing('gone'), name: 'Owner (switches)' }),
    /two checks are called Owner/,
  );
});
