import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** The rules as Prometheus loads them. */
export const RULES_FOLDER = join(import.meta.dirname, '../rules');

export type AlertRule = {
  alert: string;
  expr: string;
  for: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
};
export type RecordingRule = { record: string; expr: string };
export type RuleTest = { alertname: string; exp_alerts: unknown[] };

const files = globSync('*.yml', { cwd: RULES_FOLDER }).map(
  (file) =>
    parse(readFileSync(join(RULES_FOLDER, file), 'utf8')) as {
      groups: { rules: (AlertRule | RecordingRule)[] }[];
    },
);
const rules = files.flatMap(({ groups }) => groups.flatMap((group) => group.rules));

export const ALERTS = rules.filter((rule) => 'alert' in rule);
export const RECORDINGS = rules.filter((rule) => 'record' in rule);

/** Files of `promtool test rules`. */
export const RULE_TEST_FILES = globSync('tests/*.yml', { cwd: RULES_FOLDER });

/** What the unit tests of the rules expect, in their order. */
export function ruleTests(): RuleTest[] {
  return RULE_TEST_FILES.flatMap((file) => {
    const { tests } = parse(readFileSync(join(RULES_FOLDER, file), 'utf8')) as {
      tests: { alert_rule_test: RuleTest[] }[];
    };
    return tests.flatMap((test) => test.alert_rule_test);
  });
}
