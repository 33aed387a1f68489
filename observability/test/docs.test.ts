import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ALERTS } from './rule-file.ts';

test('the page on alerts lists every alert with its severity, and no other', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/observability.md'), 'utf8');
  const listed = [...page.matchAll(/^\| `(\w+)` +\| (\w+) +\|/gm)].map(([, alert, severity]) => ({
    alert,
    severity,
  }));
  const known = ALERTS.map(({ alert, labels }) => ({ alert, severity: labels.severity }));
  const byName = (a: { alert?: string | undefined }, b: { alert?: string | undefined }) =>
    String(a.alert).localeCompare(String(b.alert));
  assert.deepEqual(listed.sort(byName), known.sort(byName));
});
