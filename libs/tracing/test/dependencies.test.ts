import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import assert from 'node:assert/strict';

// Two copies of the API or of the core do not see each other's spans, and say nothing about it.
test('every OpenTelemetry package is installed once', () => {
  const lockfile = readFileSync(join(import.meta.dirname, '../../../package-lock.json'), 'utf8');
  const { packages } = JSON.parse(lockfile) as { packages: Record<string, unknown> };
  const shared = Object.keys(packages)
    .map((path) => path.split('node_modules/').at(-1) ?? '')
    .filter((name) => name.startsWith('@opentelemetry/') || name === 'import-in-the-middle');
  assert.ok(shared.includes('@opentelemetry/core'));
  assert.deepEqual(shared.toSorted(), [...new Set(shared)].toSorted());
});
