import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { renderSettingsTable } from '@quay-observability/quay-config';
import { flushSettings } from '../src/config.ts';

test('README.md lists every setting as it is', () => {
  const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
  const cells = (table: string): string[] =>
    table.split('\n').map((line) => line.replace(/\s+/g, ' ').trim());
  const written = new Set(cells(readme));
  for (const row of cells(renderSettingsTable(flushSettings)).slice(2))
    assert.ok(written.has(row), `missing in README.md: ${row}`);
});
