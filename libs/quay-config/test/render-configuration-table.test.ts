import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CONFIG_KEYS } from '../src/config-keys.ts';
import { renderConfigurationTable } from '../src/index.ts';

test('every key has a row of six cells', () => {
  const rows = renderConfigurationTable().trimEnd().split('\n');
  assert.equal(rows.length, Object.keys(CONFIG_KEYS).length + 2);
  for (const row of rows) assert.equal(row.replaceAll('\\|', '').split('|').length, 8, row);
});

test('keys that hold credentials are marked', () => {
  const rows = renderConfigurationTable().split('\n');
  for (const key of [
    'DB_URI',
    'DB_READ_REPLICAS',
    'PULL_METRICS_REDIS',
    'OTEL_CONFIG',
    'DISTRIBUTED_STORAGE_CONFIG',
  ]) {
    assert.match(rows.find((row) => row.startsWith(`| \`${key}\` `)) ?? '', /\*\*Secret\.\*\*/);
  }
});
