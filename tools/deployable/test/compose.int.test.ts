import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { requireProgram, startAlertmanager } from '@quay-observability/testkit';

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
