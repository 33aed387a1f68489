import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { test } from 'node:test';
import { createLogger } from '@quay-observability/logging';
import { parseQuayConfig, readSettings } from '@quay-observability/quay-config';
import { freePort } from '@quay-observability/testkit';
import { createHealth } from '../../src/health/create-health.ts';
import { healthSettings } from '../../src/health/health-settings.ts';
import type { ServiceCheck } from '../../src/health/service-check.ts';
import { askHealth } from './ask-health.ts';

const TOKEN = 'token-of-an-operator';
const PASSWORD = 'hunter2-of-the-database';

type Shown = { data: { services: Record<string, boolean>; notes: string[] }; status_code: number };

/**
 * Health without a database, where RDS says this of it: what the paths answer to an operator, and what is logged.
 * Of RDS itself only the answer counts here; its client has tests of its own.
 */
async function askWithoutDatabase(rdsState: string, paths: readonly string[]) {
  let lines = '';
  const stream = new Writable({
    decodeStrings: false,
    write: (chunk: string, _encoding, done) => {
      lines += chunk;
      done();
    },
  });
  const config = {
    DB_URI: `postgresql://quay:${PASSWORD}@127.0.0.1:${await freePort()}/quay`,
    BUILDLOGS_REDIS: { host: '127.0.0.1', port: await freePort() },
    HEALTH_CHECKER: [
      'ProductionHealthCheck',
      { db_instance: 'main', instance_skips: ['redis', 'registry_gunicorn', 'web_gunicorn'] },
    ],
  };
  const well = (name: string): ServiceCheck => ({ name, check: () => Promise.resolve({ healthy: true }) });
  const health = createHealth({
    config: parseQuayConfig(JSON.stringify(config), { source: undefined, env: {} }),
    settings: readSettings({ HEALTH_LISTEN_PORT: '0', HEALTH_ADMIN_TOKENS: TOKEN }, healthSettings),
    auth: well('auth'),
    storage: well('storage'),
    preferredStorage: well('preferred_storage'),
    createRdsStatus: ({ db_instance }) => {
      assert.equal(db_instance, 'main');
      return () => Promise.resolve(rdsState);
    },
    observer: { arrived: () => () => undefined },
    log: createLogger({ name: 'test', json: true, debug: true, stream }),
  });
  await health.listen();
  const answers: Shown[] = [];
  for (const path of paths) {
    const { status, body } = await askHealth(health.url(), path, {
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    const shown = JSON.parse(body) as Shown;
    assert.equal(status, shown.status_code);
    answers.push(shown);
  }
  await health.close();
  return { answers, lines };
}

test('while RDS is not available an instance is well without the database, the installation is not', async () => {
  const paths = ['/health/instance', '/health', '/health/endtoend'];
  const { answers, lines } = await askWithoutDatabase('rebooting', paths);
  const [instance, again, endtoend] = answers;
  assert.deepEqual(again, instance);
  assert.equal(instance?.status_code, 200);
  assert.equal(instance.data.services.database, false);
  assert.deepEqual(instance.data.notes, [
    'DB reports unhealthy; RDS status: rebooting',
    'database skipped in compute health',
  ]);
  assert.equal(endtoend?.status_code, 503);
  assert.deepEqual(endtoend.data.notes, []);
  assert.equal(lines.match(/\[FAILED HEALTH CHECK\]/g)?.length, 1);
  assert.match(lines, /"check": "endtoend"/);
  assert.ok(!lines.includes(PASSWORD));
});

test('while RDS is available the instance is to blame, which is logged once and not at every probe', async () => {
  const paths = Array.from({ length: 5 }, () => '/health/instance');
  const { answers, lines } = await askWithoutDatabase('available', paths);
  for (const { status_code, data } of answers) {
    assert.equal(status_code, 503);
    assert.deepEqual(data.notes, ['DB reports unhealthy; RDS status: available']);
  }
  assert.equal(lines.match(/\[FAILED HEALTH CHECK\]/g)?.length, 1);
  assert.match(lines, /Could not connect to the database: PostgreSQL .*ECONNREFUSED/);
});
