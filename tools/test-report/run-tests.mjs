/**
 * Runs the tests of the project in the working directory with node's own runner, from source, and
 * leaves the counts in `test-results/summary.json`, which `npm test` adds up (cached runs included).
 *
 *   node run-tests.mjs [--file-timeout-ms N] [fragment ...]
 *
 * Only test files whose path contains one of the fragments run, if there are any.
 */
import { globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { parseArgs } from 'node:util';
import { limitFiles } from './limit-files.mjs';

const { values, positionals: wanted } = parseArgs({
  options: { 'file-timeout-ms': { type: 'string', default: String(10 * 60_000) } },
  allowPositionals: true,
});
const files = globSync('test/**/*.test.ts').filter(
  (file) => wanted.length === 0 || wanted.some((fragment) => file.includes(fragment)),
);
if (files.length === 0) {
  process.stderr.write(`no test file matches ${wanted.join(' ') || 'test/**/*.test.ts'}\n`);
  process.exit(1);
}

rmSync('test-results', { recursive: true, force: true });
const failures = [];
let counts;
const stream = run({
  files,
  // One at a time: whatever runs when the time is over is the file that takes too long.
  concurrency: 1,
  execArgv: ['--conditions=@quay-observability/source', '--disable-warning=ExperimentalWarning'],
});
const limit = limitFiles(stream, files, Number(values['file-timeout-ms']));
stream.on('test:fail', ({ name, file, details }) => {
  const message = String(details.error?.cause?.message ?? details.error?.message ?? '');
  failures.push({ name, file, message: limit.verdictOn(name) ?? message });
});
stream.on('test:summary', (summary) => {
  // The summary without a file is that of the whole run.
  if (summary.file === undefined) counts = summary.counts;
});
stream.compose(new spec()).pipe(process.stdout);
await new Promise((resolve) => stream.once('end', resolve));
limit.close();

const passed = counts?.passed ?? 0;
const failed = (counts?.failed ?? 0) + (counts?.cancelled ?? 0);
mkdirSync('test-results', { recursive: true });
writeFileSync(
  'test-results/summary.json',
  `${JSON.stringify({ passed, failed, skipped: counts?.skipped ?? 0, failures }, null, 2)}\n`,
);
// A run that executed nothing has proven nothing.
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
