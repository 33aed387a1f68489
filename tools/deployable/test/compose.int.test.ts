import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  requireProgram,
  startAlertmanager,
  startApp,
  startTestClair,
  temporaryFolder,
  waitUntil,
  type RunningApp,
} from '@quay-observability/testkit';
import { environmentOf, WORKSPACE } from './compose-file.ts';

const FOLDER = join(import.meta.dirname, '../../../deploy/compose');

test('Prometheus and the Alertmanager take the configurations that Compose gives them', async () => {
  // promtool exits with an error, which throws here, if it finds a fault.
  const said = execFileSync(requireProgram('promtool'), ['check', 'config', join(FOLDER, 'prometheus.yml')], {
    encoding: 'utf8',
  });
  assert.match(said, /is valid prometheus config/);
  const alertmanager = await startAlertmanager({
    configYaml: readFileSync(join(FOLDER, 'alertmanager.yml'), 'utf8'),
  });
  await alertmanager.stop();
});

/** api-health with the environment that Compose gives it, but on this machine in the place of Compose's network. */
async function startComposed(variables: Record<string, string>): Promise<RunningApp> {
  const app = await startApp(join(WORKSPACE, 'apps/api-health'), {
    ...environmentOf('api-health', variables),
    SECSCAN_LISTEN_HOST: '127.0.0.1',
    SWITCH_SOURCE: 'environment',
    SWITCH_STATE_DIR: temporaryFolder('state'),
    DB_URI: '',
  });
  await waitUntil('the app to be up', () => Promise.resolve(app.process.log().includes('api-health is up.')));
  return app;
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

test('api-health starts as Compose gives it its environment, without a gateway to Clair', async () => {
  const app = await startComposed({});
  assert.doesNotMatch(app.process.log(), /"levelname": "(?:ERROR|CRITICAL)"|gateway to Clair/);
  await app.stop();
});

test('with the variables of Clair it stands in front of it, and refuses what Quay has not signed', async () => {
  const clair = await startTestClair();
  const app = await startComposed({
    SECSCAN_LISTEN_PORT: '0',
    SECSCAN_UPSTREAM_URL: clair.url,
    SECSCAN_JWT: 'resign',
    SECSCAN_UPSTREAM_PSK: base64('key of Clair'),
    SECURITY_SCANNER_V4_PSK: base64('key of Quay'),
  });
  try {
    const url = /"The gateway to Clair listens\.".*"url": "([^"]+)"/.exec(app.process.log())?.[1] ?? '';
    assert.equal((await fetch(`${url}/indexer/api/v1/index_state`)).status, 401);
    assert.equal(clair.calls.length, 0);
  } finally {
    await app.stop();
    await clair.close();
  }
});
