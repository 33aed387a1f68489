import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

const SUMMARY = 'test-results/summary.json';
const MESSAGE_LINES = 6;

/** Forgets earlier results, so that what is read afterwards is of this run. */
export function forgetResults(workspace, folders) {
  for (const folder of folders)
    rmSync(join(workspace, folder, 'test-results'), { recursive: true, force: true });
}

/**
 * Adds up the results of these projects. A project without a result did not finish, a project whose
 * result is zero tests has proven nothing: both count as a failure.
 */
export function addUp(workspace, folders) {
  const total = { passed: 0, failed: 0, skipped: 0, failures: [] };
  const fail = (folder, name, message) => {
    total.failed += 1;
    total.failures.push({ folder, name, message });
  };
  for (const folder of folders) {
    const file = join(workspace, folder, SUMMARY);
    if (!existsSync(file)) {
      fail(folder, 'the tests of this project', 'did not finish');
      continue;
    }
    const summary = JSON.parse(readFileSync(file, 'utf8'));
    total.passed += summary.passed;
    total.failed += summary.failed;
    total.skipped += summary.skipped ?? 0;
    for (const { name, message } of summary.failures) total.failures.push({ folder, name, message });
    if (summary.passed + summary.failed === 0) fail(folder, 'the tests of this project', 'no test ran');
  }
  if (folders.length === 0) fail('.', 'npm test', 'no project was chosen, no test ran');
  return total;
}

/** What the user reads at the end; the last line is made for machines. */
export function report({ passed, failed, skipped, failures }) {
  const lines = failures.map(({ folder, name, message }) => `FAILED ${folder}: ${name}: ${inBrief(message)}`);
  if (skipped > 0) lines.push(`${skipped} skipped`);
  return [...lines, `${passed} passed, ${failed} failed`].join('\n');
}

/** The first lines: those of a comparison that failed say what differs from the third one on. */
function inBrief(message) {
  const lines = stripVTControlCharacters(message)
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '');
  return lines.slice(0, MESSAGE_LINES).join('\n    ');
}
