import type { Metrics } from '@quay-observability/metrics';
import type { RowCounts } from './count-rows.ts';

/** The gauges that only the reporter shows: a second one, or an old value, would be added to its numbers. */
export type RowGauges = {
  /** `countedAt` in unix seconds. */
  show(counts: RowCounts, countedAt: number): void;
  remove(): void;
};

export function createRowGauges(metrics: Metrics<'globalstats-worker'>): RowGauges {
  const repositories = metrics.gauge('quay_repository_rows');
  const users = metrics.gauge('quay_user_rows');
  const organizations = metrics.gauge('quay_org_rows');
  const robots = metrics.gauge('quay_robot_rows');
  const mirrors = metrics.gauge('quay_org_mirrors_total');
  const enabledMirrors = metrics.gauge('quay_org_mirrors_enabled');
  const lastSuccess = metrics.gauge('quay_globalstats_last_success_timestamp_seconds');
  const all = [repositories, users, organizations, robots, mirrors, enabledMirrors, lastSuccess];
  return {
    show: (counts, countedAt) => {
      repositories.set({}, counts.repositories);
      users.set({}, counts.users);
      organizations.set({}, counts.organizations);
      robots.set({}, counts.robots);
      if (counts.orgMirrors !== undefined) {
        mirrors.set({}, counts.orgMirrors.total);
        enabledMirrors.set({}, counts.orgMirrors.enabled);
      }
      lastSuccess.set({}, countedAt);
    },
    remove: () => {
      for (const gauge of all) gauge.remove({});
    },
  };
}
