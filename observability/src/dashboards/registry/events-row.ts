import { timeSeries, type PanelSource } from '../../grafana/panels.ts';
import { ratesBy } from './filters.ts';

const SIZE = { width: 12, height: 8 };
const EVENTS = 'quay_notifications_events_total';
const RUNBOOK = 'm2#notifications';

/** Events of registries that are not behind the gateway. Empty where there are none. */
export function eventsRow(): PanelSource[] {
  return [
    timeSeries({
      ...SIZE,
      title: 'Events by outcome',
      description: 'Per second. "ignored" means nothing here; "duplicate" had been counted before.',
      queries: [{ expr: ratesBy('action, outcome', EVENTS), legend: '{{action}}: {{outcome}}' }],
      runbook: RUNBOOK,
      unit: 'ops',
    }),
    timeSeries({
      ...SIZE,
      title: 'Events not counted',
      description:
        'Per second: "invalid" ones are lost, "pending" ones are delivered again. An alert fires if either goes on.',
      queries: [{ expr: ratesBy('outcome', EVENTS, 'outcome=~"invalid|pending"'), legend: '{{outcome}}' }],
      runbook: 'm2#events-pending',
      unit: 'ops',
    }),
    timeSeries({
      ...SIZE,
      title: 'Events counted without Redis',
      description: 'Per second. If such an event is delivered again to another replica, it counts twice.',
      queries: [{ expr: ratesBy('', 'quay_notifications_unshared_events_total'), legend: 'unshared' }],
      runbook: RUNBOOK,
      unit: 'ops',
    }),
    timeSeries({
      ...SIZE,
      title: 'Envelopes by status',
      description:
        'Deliveries per second: 200 is right, 401 a wrong token, 413 an envelope that is too large.',
      queries: [
        {
          expr: ratesBy('status', 'quay_http_requests_total', 'listener="notifications"'),
          legend: '{{status}}',
        },
      ],
      runbook: RUNBOOK,
      unit: 'reqps',
    }),
  ];
}
