import type { AppName } from './apps.ts';
import { COMPANION_METRICS } from './data/companion-metrics.ts';
import { CONFIG_METRICS } from './data/config-metrics.ts';
import { HEALTH_METRICS } from './data/health-metrics.ts';
import { JOB_METRICS } from './data/job-metrics.ts';
import { NOTIFICATION_METRICS } from './data/notification-metrics.ts';
import { OWN_METRICS } from './data/own-metrics.ts';
import { PLAN_METRICS } from './data/plan-metrics.ts';
import { PYTHON_METRICS } from './data/python-metrics.ts';
import { SECSCAN_METRICS } from './data/secscan-metrics.ts';
import { SWITCH_METRICS } from './data/switch-metrics.ts';
import { WORKER_METRICS } from './data/worker-metrics.ts';

/** Every metric that the new runtime exposes, by wire name. */
export const CATALOGUE = {
  ...PYTHON_METRICS,
  ...COMPANION_METRICS,
  ...PLAN_METRICS,
  ...OWN_METRICS,
  ...CONFIG_METRICS,
  ...HEALTH_METRICS,
  ...SWITCH_METRICS,
  ...WORKER_METRICS,
  ...JOB_METRICS,
  ...NOTIFICATION_METRICS,
  ...SECSCAN_METRICS,
} as const;

type Catalogue = typeof CATALOGUE;

/** The wire name of a metric. */
export type MetricName = keyof Catalogue;

/** The wire names that an app exposes; of a union of apps, those that all of them expose. */
export type MetricNameOf<App extends AppName> = {
  [Name in MetricName]: [App] extends [Catalogue[Name]['apps'][number]] ? Name : never;
}[MetricName];

/** The wire names of one type of metric that an app exposes. */
export type MetricNameOfType<App extends AppName, Type extends 'counter' | 'gauge' | 'histogram'> = {
  [Name in MetricNameOf<App>]: Catalogue[Name]['type'] extends Type ? Name : never;
}[MetricNameOf<App>];

type LabelName<Name extends MetricName> = Catalogue[Name]['labels'][number];

/** The labels of a metric with their values: all of them, and no others; none for a metric without labels. */
export type LabelsOf<Name extends MetricName> = [LabelName<Name>] extends [never]
  ? Readonly<Record<string, never>>
  : Readonly<Record<LabelName<Name>, string>>;

/** The wire names that the catalogue assigns to an app, in the catalogue's order. */
export function metricNamesOf(app: AppName): MetricName[] {
  const names = Object.keys(CATALOGUE) as MetricName[];
  return names.filter((name) => (CATALOGUE[name].apps as readonly AppName[]).includes(app));
}
