import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { addUp, forgetResults, report } from '../test-summary.mjs';

let workspace: string;
before(() => {
  workspace = mkdtempSync(join(tmpdir(), 'test-summary-'));
});
after(() => {
  rmSync(workspace, { recursive: true });
});

function write(folder: string, summary: object): void {
  mkdirSync(join(workspace, folder, 'test-results'), { recursive: true });
  writeFileSync(join(workspace, folder, 'test-results/summary.json'), JSON.stringify(summary));
}

test('adds up passes and failures, and ends with the counts', () => {
  write('libs/a', { passed: 3, failed: 0, failures: [] });
  write('libs/b', { passed: 1, failed: 1, failures: [{ name: 'adds', message: '1 is not 2\nat x' }] });
  const text = report(addUp(workspace, ['libs/a', 'libs/b']));
  assert.equal(text, 'FAILED libs/b: adds: 1 is not 2\n    at x\n4 passed, 1 failed');
});

test('of a comparison that failed, the summary shows what differs, and not all of a long one', () => {
  let message = '';
  try {
    assert.deepEqual(['quay_pulls: label `ref` is missing', ...Array<string>(20).fill('more')], []);
  } catch (error) {
    message = (error as Error).message;
  }
  write('libs/a', { passed: 0, failed: 1, failures: [{ name: 'compares', message }] });
  const lines = report(addUp(workspace, ['libs/a'])).split('\n');
  assert.ok(lines.some((line) => line.includes('quay_pulls: label `ref` is missing')));
  assert.equal(lines.length, 7);
  assert.equal(lines.at(-1), '0 passed, 1 failed');
});

test('a project that did not finish, ran no test, or was not chosen at all is a failure', () => {
  write('libs/a', { passed: 3, failed: 0, failures: [] });
  write('libs/empty', { passed: 0, failed: 0, failures: [] });
  const total = addUp(workspace, ['libs/a', 'libs/empty', 'libs/crashed']);
  assert.equal(total.failed, 2);
  assert.match(
    report(total),
    /FAILED libs\/empty: .*no test ran\nFAILED libs\/crashed: .*did not finish\n3 passed, 2 failed$/s,
  );
  assert.equal(addUp(workspace, []).failed, 1);
});

test('results of an earlier run are forgotten', () => {
  write('libs/a', { passed: 3, failed: 0, failures: [] });
  forgetResults(workspace, ['libs/a']);
  assert.equal(addUp(workspace, ['libs/a']).passed, 0);
});
