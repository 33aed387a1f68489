import { join } from 'node:path';
import { testWaitingApp } from '@quay-observability/testkit';

testWaitingApp({
  folder: join(import.meta.dirname, '..'),
  redisSetting: 'USER_EVENTS_REDIS',
  waitsFor: /"Idle: the owner switches arrive with milestone M1/,
  readyz: { status: 200, text: /\[!\]redis \(\w+\) degraded: / },
});
