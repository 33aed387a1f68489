/** One thing an app needs. `required: false` means that without it the app serves, with less. */
export type HealthCheck = {
  /** From the code, never from outside: it is also the label `check` of the metrics. */
  name: string;
  required: boolean;
  /** Resolves if all is well; otherwise rejects with an error that says what is wrong, without secrets. */
  check: () => Promise<void>;
};

/** The latest outcome of a check. `ok` is its verdict; one failure may be too few to change it. */
export type CheckResult = { name: string; required: boolean; ok: boolean; message: string };

/** What a probe answers from: ready means that every required check passes. */
export type HealthReport = { ready: boolean; checks: readonly CheckResult[] };

/** The verdict over checks: those that are not required only degrade. */
export function reportOf(checks: readonly CheckResult[]): HealthReport {
  return { ready: checks.every(({ ok, required }) => ok || !required), checks };
}

/** The name of a check as a segment of a path: `redis (BUILDLOGS_REDIS)` is `redis-buildlogs-redis`. */
export function pathNameOf(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}
