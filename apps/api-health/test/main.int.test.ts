import { join } from 'node:path';
import { testSwitchedApp, testWaitingApp } from '@quay-observability/testkit';

const folder = join(import.meta.dirname, '..');

testWaitingApp({
  folder,
  redisSetting: 'BUILDLOGS_REDIS',
  waitsFor: /There is no gateway for \/api: neither API_UPSTREAM_URL nor API_PYTHON_UPSTREAM_URL is set/,
  readyz: {
    status: 200,
    text: /\[!\]database degraded: DB_URI is neither[^]*\[!\]redis \(\w+\) degraded: /,
  },
});
testSwitchedApp({ folder });
