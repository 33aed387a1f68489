import { join } from 'node:path';
import { testWaitingApp } from '@quay-observability/testkit';

testWaitingApp({
  folder: join(import.meta.dirname, '..'),
  redisSetting: 'USER_EVENTS_REDIS',
  waitsFor: /"Idle: global statistics are reported by Python until milestone M4/,
  readyz: { status: 503, text: /\[-\]database failed: DB_URI is neither[^]*\[-\]redis \(\w+\) failed: / },
});
