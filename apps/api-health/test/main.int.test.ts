import { join } from 'node:path';
import { testWaitingApp } from '@quay-observability/testkit';

testWaitingApp({
  folder: join(import.meta.dirname, '..'),
  redisSetting: 'BUILDLOGS_REDIS',
  waitsFor:
    /"Idle: the health endpoints, the gateway for \/api and the secscan gateway arrive with milestone M3/,
  readyz: { status: 503, text: /\[-\]database failed: DB_URI is neither[^]*\[-\]redis \(\w+\) failed: / },
});
