import { NOTIFICATION_ACTIONS, NOTIFICATION_OUTCOMES, OTHER } from '@quay-observability/metric-catalogue';
import type { Metrics } from '@quay-observability/metrics';

/** The label `outcome` of `quay_notifications_events_total`. */
export type EventOutcome = (typeof NOTIFICATION_OUTCOMES)[number];

/** The metrics that events fill: the counters of the contract, and how the events fared. */
export type NotificationMetrics = ReturnType<typeof bindNotificationMetrics>;

/** Picks them from the catalogue. Only the own ones start at zero: Python's do not (contract section 1). */
export function bindNotificationMetrics(metrics: Metrics<'registry-metrics'>) {
  const events = metrics.counter('quay_notifications_events_total');
  for (const action of [...NOTIFICATION_ACTIONS, OTHER])
    for (const outcome of NOTIFICATION_OUTCOMES) events.inc({ action, outcome }, 0);
  return {
    events,
    unshared: metrics.counter('quay_notifications_unshared_events_total'),
    pulls: metrics.counter('quay_registry_image_pulls_total'),
    pushes: metrics.counter('quay_registry_image_pushes_total'),
    pulledBytes: metrics.counter('quay_registry_image_pulled_estimated_bytes_total'),
  };
}
