import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** The rules as Prometheus loads them. */
export const RULES_FOLDER = join(import.meta.dirname, '../rules');

export type AlertRule = {
  /** Its file in the folder. */
  file: string;
  alert: string;
  expr: string;
  for: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
};
export type RecordingRule = {
  file: string;
  record: string;
  expr: string;
  labels?: Record<string, string>;
};
export type RuleTest = { alertname: string; exp_alerts: unknown[] };

/** Files of rules. */
export const RULE_FILES = globSync('*.yml', { cwd: RULES_FOLDER }).sort();

const rules = RULE_FILES.flatMap((file) => {
  const { groups } = parse(readFileSync(join(RULES_FOLDER, file), 'utf8')) as {
    groups: { rules: (Omit<AlertRule, 'file'> | Omit<RecordingRule, 'file'>)[] }[];
  };
  return groups.flatMap((group) => group.rules).map((rule) => ({ ...rule, file }));
});

export const ALERTS = rules.filter((rule): rule is AlertRule => 'alert' in rule);
export const RECORDINGS = rules.filter((rule): rule is RecordingRule => 'record' in rule);

/** Files of `promtool test rules`. */
export const RULE_TEST_FILES = globSync('tests/*.yml', { cwd: RULES_FOLDER });

/** What the unit tests of the rules expect, in their order. */
export function ruleTests(): RuleTest[] {
  return RULE_TEST_FILES.flatMap((file) => {
    const { tests } = parse(readFileSync(join(RULES_FOLDER, file), 'utf8')) as {
      tests: { alert_rule_test?: RuleTest[] }[];
    };
    return tests.flatMap((test) => test.alert_rule_test ?? []);
  });
}
