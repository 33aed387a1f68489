import assert from 'node:assert/strict';
import { test } from 'node:test';
import { harmlessEnvironment } from '../src/harmless-environment.ts';

test('apps see what running takes, and nothing that could point them at a real system', () => {
  const harmless = {
    PATH: '/usr/bin',
    HOME: '/root',
    TMPDIR: '/tmp',
    TZ: 'UTC',
    LANG: 'C.UTF-8',
    LC_ALL: 'C',
    NODE_OPTIONS: '--trace-warnings',
    JSONLOG: 'false',
    DEBUGLOG: 'true',
    METRICS_RUNTIME_LABEL: 'go',
    METRICS_OPENMETRICS: 'true',
  };
  const harmful = {
    DB_URI: 'postgresql://production/quay',
    PULL_METRICS_REDIS: '{"host": "production"}',
    QUAY_OVERRIDE_CONFIG: '{}',
    QUAYCONF: '/conf',
    REGISTRY_UPSTREAM_URL: 'http://production',
    FEATURE_OTEL_TRACING: 'true',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://production',
    PGHOST: 'production',
    HTTPS_PROXY: 'http://proxy',
    MY_PATH: '/x',
  };
  assert.deepEqual(harmlessEnvironment({ ...harmless, ...harmful }), harmless);
});
