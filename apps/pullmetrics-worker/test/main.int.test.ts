import { join } from 'node:path';
import { testWaitingApp } from '@quay-observability/testkit';

testWaitingApp({
  folder: join(import.meta.dirname, '..'),
  redisSetting: 'PULL_METRICS_REDIS',
  waitsFor: /"Idle: pulls are flushed to the database by Python until milestone M4/,
  readyz: { status: 503, text: /\[-\]database failed: DB_URI is neither[^]*\[-\]redis \(\w+\) failed: / },
});
