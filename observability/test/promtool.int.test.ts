import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { requireProgram, temporaryFolder } from '@quay-observability/testkit';
import { ALERTS, RECORDINGS, RULE_FILES, RULES_FOLDER, RULE_TEST_FILES } from './rule-file.ts';

const COMPOSE = join(import.meta.dirname, '../../deploy/compose');

/** What promtool says; throws, with its words, if it finds a fault. */
function promtool(cwd: string, ...args: string[]): string {
  return execFileSync(requireProgram('promtool'), args, { cwd, encoding: 'utf8' });
}

for (const file of RULE_FILES) {
  test(`promtool accepts every rule of ${file}`, () => {
    const rules = [...ALERTS, ...RECORDINGS].filter((rule) => rule.file === file);
    const said = promtool(RULES_FOLDER, 'check', 'rules', file);
    assert.match(said, new RegExp(`SUCCESS: ${rules.length} rules found`));
  });
}

for (const file of RULE_TEST_FILES) {
  test(`promtool: rules behave as ${file} expects`, () => {
    assert.match(promtool(RULES_FOLDER, 'test', 'rules', file), /SUCCESS/);
  });
}

test('Prometheus finds the rules where Compose mounts them', () => {
  // As in the container: the configuration in /etc/prometheus, the rules beside it.
  const folder = temporaryFolder('compose');
  cpSync(join(COMPOSE, 'prometheus.yml'), join(folder, 'prometheus.yml'));
  cpSync(RULES_FOLDER, join(folder, 'rules'), { recursive: true });
  const said = promtool(folder, 'check', 'config', 'prometheus.yml');
  assert.match(said, new RegExp(`SUCCESS: ${RULE_FILES.length} rule files found`));
});
