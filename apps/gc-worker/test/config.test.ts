import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { renderSettingsTable } from '@quay-observability/quay-config';
import { gcSettings } from '../src/settings.ts';

test('README.md lists every setting as it is', () => {
  const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');
  const squeeze = (line: string) => line.replaceAll(/ +/g, ' ').replaceAll(/-+/g, '-').trim();
  const written = new Set(readme.split('\n').map(squeeze));
  for (const row of renderSettingsTable(gcSettings).trim().split('\n').map(squeeze))
    assert.ok(written.has(row), `missing in README.md: ${row}`);
});
