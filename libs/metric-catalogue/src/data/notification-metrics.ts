import { NOTIFICATION_ACTIONS, NOTIFICATION_OUTCOMES } from '../known-values.ts';
import type { MetricDefinition } from '../metric-definition.ts';

/** What `registry-metrics` tells about the events that registries send it. */
export const NOTIFICATION_METRICS = {
  quay_notifications_events_total: {
    declared: 'quay_notifications_events_total',
    type: 'counter',
    labels: ['action', 'outcome'],
    help: 'Events delivered by registries, by what became of them; an event that is delivered again counts again.',
    known: { action: NOTIFICATION_ACTIONS, outcome: NOTIFICATION_OUTCOMES },
    apps: ['registry-metrics'],
    milestone: 'M2',
    origin: 'own',
    source: 'apps/registry-metrics',
  },
  quay_notifications_unshared_events_total: {
    declared: 'quay_notifications_unshared_events_total',
    type: 'counter',
    labels: [],
    help: 'Events counted while Redis could not tell whether another replica had counted them.',
    apps: ['registry-metrics'],
    milestone: 'M2',
    origin: 'own',
    source: 'apps/registry-metrics',
  },
} as const satisfies Record<string, MetricDefinition>;
