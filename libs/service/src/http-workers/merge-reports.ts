import { reportOf, type CheckResult, type HealthReport } from '@quay-observability/health';

/** The check of the primary process itself: whether all workers serve. */
export const WORKERS_CHECK = 'http workers';

/** What the primary process knows of the readiness of its workers. */
export type WorkerReports = {
  /** How many there are to be. */
  readonly wanted: number;
  /** Of the workers that serve and answer. */
  readonly reports: readonly HealthReport[];
};

/**
 * One report out of those of the workers. A worker that serves gets its share of the connections, so none of them may
 * be unready; one that is being started again, or hangs, gets none, and its absence only degrades. Without any
 * worker, nobody serves.
 */
export function mergeReports({ wanted, reports }: WorkerReports): HealthReport {
  const names = new Set(reports.flatMap(({ checks }) => checks.map(({ name }) => name)));
  const checks = [...names].map((name) =>
    mergeCheck(
      reports.flatMap(({ checks: all }) => all.filter((check) => check.name === name)),
      reports.length,
    ),
  );
  const workers: CheckResult = {
    name: WORKERS_CHECK,
    required: reports.length === 0,
    ok: reports.length === wanted,
    message: reports.length === wanted ? 'ok' : `${reports.length} of ${wanted} serve`,
  };
  return reportOf([...checks, workers]);
}

/** The first one that is not well speaks for all. */
function mergeCheck(results: readonly CheckResult[], workers: number): CheckResult {
  const first = results[0]!;
  const failed = results.filter(({ ok }) => !ok);
  const worst = failed.find(({ required }) => required) ?? failed[0];
  if (worst === undefined) return first;
  if (workers === 1 || failed.length === workers) return worst;
  return { ...worst, message: `${worst.message} (in ${failed.length} of ${workers} workers)` };
}
