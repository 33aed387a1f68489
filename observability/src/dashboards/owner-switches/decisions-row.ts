import { timeSeries, type PanelSource } from '../../grafana/panels.ts';
import { CHOSEN_CAPABILITIES, CHOSEN_PROCESSES } from './filters.ts';

const SIZE = { width: 12, height: 8, unit: 'reqps' };
const CHOSEN = `${CHOSEN_PROCESSES}, ${CHOSEN_CAPABILITIES}`;

/** What the switches decide, and why. */
export function decisionsRow(): PanelSource[] {
  return [
    timeSeries({
      ...SIZE,
      title: 'Decisions by owner',
      description: 'Requests and worker starts per second, by who gets them. A flip shows here within 30 s.',
      queries: [{ expr: decisionsBy('owner', CHOSEN), legend: '{{owner}}' }],
      runbook: 'm1#move-a-capability',
      stacked: true,
    }),
    timeSeries({
      ...SIZE,
      title: 'Decisions by source',
      description:
        'Which switch decided: route, capability, family or canary; default where there is none; force is the kill switch.',
      queries: [{ expr: decisionsBy('source', CHOSEN), legend: '{{source}}' }],
      runbook: 'm1#move-a-capability',
      stacked: true,
    }),
    timeSeries({
      ...SIZE,
      title: 'Decisions by capability',
      description: 'Per second, by capability and owner.',
      queries: [{ expr: decisionsBy('capability, owner', CHOSEN), legend: '{{capability}} {{owner}}' }],
      runbook: 'm1#move-a-capability',
    }),
    timeSeries({
      ...SIZE,
      title: 'Decisions without a confirmed snapshot',
      description:
        'last-known-good: the last poll failed, the owners are still known. fail-closed: nobody knows the owner, Python gets it.',
      queries: [
        {
          expr: decisionsBy('process_name, source', `source=~"last-known-good|fail-closed", ${CHOSEN}`),
          legend: '{{process_name}} {{source}}',
        },
      ],
      runbook: 'm1#last-known-good',
    }),
  ];
}

function decisionsBy(labels: string, matchers: string): string {
  return `sum by (${labels}) (rate(quay_switch_owner_decision_total{${matchers}}[$__rate_interval]))`;
}
