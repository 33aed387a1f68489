/**
 * Runs the tests of the project in the working directory with node's own runner, from source, and
 * leaves the counts in `test-results/summary.json`, which `npm test` adds up (cached runs included).
 *
 * Arguments are path fragments: only test files that contain one of them run.
 */
import { globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';

const wanted = process.argv.slice(2);
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
  concurrency: 1,
  timeout: 15 * 60_000,
  execArgv: ['--conditions=@quay-observability/source', '--disable-warning=ExperimentalWarning'],
});
stream.on('test:fail', ({ name, file, details }) => {
  failures.push({
    name,
    file,
    message: String(details.error?.cause?.message ?? details.error?.message ?? ''),
  });
});
stream.on('test:summary', (summary) => {
  // The summary without a file is that of the whole run.
  if (summary.file === undefined) counts = summary.counts;
});
stream.compose(new spec()).pipe(process.stdout);
await new Promise((resolve) => stream.once('end', resolve));

const passed = counts?.passed ?? 0;
const failed = (counts?.failed ?? 0) + (counts?.cancelled ?? 0);
mkdirSync('test-results', { recursive: true });
writeFileSync(
  'test-results/summary.json',
  `${JSON.stringify({ passed, failed, skipped: counts?.skipped ?? 0, failures }, null, 2)}\n`,
);
// A run that executed nothing has proven nothing.
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
