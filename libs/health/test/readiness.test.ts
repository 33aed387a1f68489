import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import {
  answerProbe,
  createReadiness,
  type CheckResult,
  type CheckSetOptions,
  type HealthReport,
  type Readiness,
} from '../src/index.ts';

let open: Readiness | undefined;
afterEach(() => open?.close());

const OPTIONS: CheckSetOptions = {
  timeoutMs: 50,
  shareMs: 0,
  intervalMs: 10,
  scrub: (text) => text,
  onRun: () => undefined,
  onChange: () => undefined,
};

function readinessWith(onChange: (result: CheckResult) => void = () => undefined) {
  const readiness = createReadiness({ ...OPTIONS, onChange });
  readiness.markStarted();
  open = readiness;
  return readiness;
}
function verbose(report: HealthReport): string {
  return answerProbe({ probe: 'readyz', verbose: true, exclude: [] }, report).text;
}
const good = () => Promise.resolve();
const bad = () => Promise.reject(new Error('gone'));

test('ready while every required check passes; a check that is not required only degrades', async () => {
  const readiness = readinessWith();
  readiness.add({ name: 'upstream', required: true, check: good });
  readiness.add({ name: 'redis', required: false, check: bad });
  const report = await readiness.report();
  assert.equal(report.ready, true);
  assert.equal(verbose(report), '[+]upstream ok\n[!]redis degraded: gone\nreadyz check passed\n');
});

test('a required check that fails makes the app unready and says why', async () => {
  const readiness = readinessWith();
  readiness.add({ name: 'database', required: true, check: bad });
  const report = await readiness.report();
  assert.equal(report.ready, false);
  assert.equal(verbose(report), '[-]database failed: gone\nreadyz check failed\n');
});

test('a check that hangs fails after its time limit', async () => {
  const readiness = readinessWith();
  readiness.add({ name: 'database', required: true, check: () => new Promise(() => undefined) });
  assert.deepEqual((await readiness.report()).checks, [
    { name: 'database', required: true, ok: false, message: 'no answer within 50 ms' },
  ]);
});

test('an app that starts is not ready yet', async () => {
  const readiness = createReadiness(OPTIONS);
  assert.equal(
    verbose(await readiness.report()),
    '[-]startup failed: the app is starting\nreadyz check failed\n',
  );
  readiness.markStarted();
  assert.equal((await readiness.report()).ready, true);
  readiness.close();
});

test('two checks of one name are refused', () => {
  const readiness = readinessWith();
  readiness.add({ name: 'redis', required: true, check: good });
  assert.throws(
    () => readiness.add({ name: 'redis', required: true, check: good }),
    /two checks are called redis/,
  );
});

test('an app that stops is not ready', async () => {
  const readiness = readinessWith();
  readiness.markStopping();
  assert.equal((await readiness.report()).ready, false);
});

test('probes at the same time share one run', async () => {
  let runs = 0;
  const readiness = createReadiness({ ...OPTIONS, shareMs: 1000, intervalMs: 1000 });
  readiness.add({ name: 'database', required: true, check: () => ((runs += 1), Promise.resolve()) });
  await Promise.all(Array.from({ length: 50 }, () => readiness.report()));
  assert.equal(runs, 1);
});

test('changes are reported once each, without a probe', async () => {
  const changes: string[] = [];
  let well = false;
  const readiness = readinessWith(({ name, ok }) => changes.push(`${name} ${ok}`));
  readiness.add({ name: 'redis', required: true, check: () => (well ? good() : bad()) });
  await new Promise((resolve) => setTimeout(resolve, 60));
  well = true;
  await new Promise((resolve) => setTimeout(resolve, 60));
  readiness.close();
  assert.deepEqual(changes, ['redis false', 'redis true']);
});
