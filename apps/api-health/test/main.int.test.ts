import { join } from 'node:path';
import { testSwitchedApp, testWaitingApp } from '@quay-observability/testkit';

const folder = join(import.meta.dirname, '..');

testWaitingApp({
  folder,
  redisSetting: 'BUILDLOGS_REDIS',
  waitsFor: /"Idle: the health endpoints and the gateway for \/api arrive with milestone M3/,
  readyz: { status: 503, text: /\[-\]database failed: DB_URI is neither[^]*\[-\]redis \(\w+\) failed: / },
});
testSwitchedApp({ folder });
