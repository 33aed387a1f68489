import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CONFIG_KEYS } from '../src/config-keys.ts';
import { renderConfigurationTable } from '../src/index.ts';

test('every key has a row of six cells', () => {
  const rows = renderConfigurationTable().trimEnd().split('\n');
  assert.equal(rows.length, Object.keys(CONFIG_KEYS).length + 2);
  for (const row of rows) assert.equal(row.replaceAll('\\|', '').split('|').length, 8, row);
});

test('apps are named in one order, and every user of a key is named', () => {
  const rows = renderConfigurationTable().split('\n');
  const usedBy = (key: string) =>
    rows
      .find((row) => row.startsWith(`| \`${key}\` `))
      ?.split(' | ')
      .at(-2);
  assert.equal(
    usedBy('USER_EVENTS_REDIS'),
    'switch-controller, registry-metrics, gc-worker, globalstats-worker',
  );
  assert.equal(usedBy('PROMETHEUS_NAMESPACE'), 'all');
  assert.equal(
    usedBy('DB_URI'),
    'registry-metrics, api-health, gc-worker, globalstats-worker, pullmetrics-worker',
  );
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
