import { join } from 'node:path';
import { testSwitchedApp, testWaitingApp } from '@quay-observability/testkit';

const folder = join(import.meta.dirname, '..');

testWaitingApp({
  folder,
  redisSetting: 'PULL_METRICS_REDIS',
  waitsFor: /"Idle: PULLSTATSREDISFLUSHWORKER belongs to python\."/,
  readyz: { status: 503, text: /\[-\]database failed: DB_URI is neither[^]*\[-\]redis \(\w+\) failed: / },
});
testSwitchedApp({ folder });
