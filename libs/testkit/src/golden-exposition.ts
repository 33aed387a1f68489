import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';

/**
 * Compares what an app exposes of Quay's names (HELP, TYPE, and each sample without its value and the version) with a
 * file of the app's tests. `UPDATE_GOLDEN=1` writes the file instead: the change then shows in review.
 * Samples of health checks are left out: which checks have run by now is a matter of time.
 */
export function assertGoldenExposition(file: string, exposition: string): void {
  const shown = exposition
    .split('\n')
    .filter((line) => /^(# (HELP|TYPE) )?quay_/.test(line) && !line.startsWith('quay_health_check_'))
    .map((line) =>
      line.startsWith('#')
        ? line
        : line.slice(0, line.lastIndexOf(' ')).replace(/version="[^"]*"/, 'version="*"'),
    )
    .join('\n');
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, `${shown}\n`);
  assert.equal(`${shown}\n`, readFileSync(file, 'utf8'));
}
