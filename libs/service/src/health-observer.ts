import type { CheckResult } from '@quay-observability/health';
import type { AppName } from '@quay-observability/metric-catalogue';
import type { Metrics } from '@quay-observability/metrics';

/** Before the names of Quay's own health services, which an app's checks may share (`database`). */
const QUAY_PREFIX = 'quay/';

/** Shows the verdicts of checks, and how long their runs take. */
export function observeChecks(
  metrics: Metrics<AppName>,
): (result: Pick<CheckResult, 'name' | 'ok'>, seconds: number) => void {
  const up = metrics.gauge('quay_health_check_up');
  const duration = metrics.histogram('quay_health_check_duration_seconds');
  return ({ name, ok }, seconds) => {
    up.set({ check: name }, ok ? 1 : 0);
    duration.observe({ check: name }, seconds);
  };
}

/**
 * Shows the services of Quay's own health endpoints (contract section 10) in the metrics of the app's checks:
 * `database` as `check="quay/database"`. Call the result with each outcome; services are named by the code only.
 */
export function observeQuayServices(
  metrics: Metrics<AppName>,
): (service: string, ok: boolean, seconds: number) => void {
  const observe = observeChecks(metrics);
  return (service, ok, seconds) => observe({ name: `${QUAY_PREFIX}${service}`, ok }, seconds);
}
