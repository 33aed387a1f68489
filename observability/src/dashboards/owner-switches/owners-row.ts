import { stateTimeline, type PanelSource } from '../../grafana/panels.ts';
import { namedStates } from '../../grafana/states.ts';
import { OWNER_STATES, ownerStates } from './owner-states.ts';
import { ROUTE_CAPABILITIES } from './route-capabilities.ts';

/** Who owns what, and since when. */
export function ownersRow(): PanelSource[] {
  return [
    stateTimeline({
      title: 'Owner of each capability',
      description:
        'As the switch-controller has published it, the kill switch included. A canary shows as its owner: what it really does is under decisions.',
      queries: [
        {
          expr: ownerStates(`capability=~"${ROUTE_CAPABILITIES}", capability=~"$capability"`),
          legend: '{{capability}}',
        },
      ],
      runbook: 'm1#move-a-capability',
      width: 12,
      height: 14,
      unit: 'none',
      states: OWNER_STATES,
    }),
    stateTimeline({
      title: 'Owner of each worker program',
      description: 'As the switch-controller has published it, the kill switch included.',
      queries: [{ expr: ownerStates(`capability!~"${ROUTE_CAPABILITIES}"`), legend: '{{capability}}' }],
      runbook: 'm1#worker-without-an-owner',
      width: 12,
      height: 14,
      unit: 'none',
      states: OWNER_STATES,
    }),
    stateTimeline({
      title: 'Alerts',
      description: 'Of observability/rules/owner-switches.yml; nothing is shown while all is well.',
      queries: [
        {
          expr: `max by (alertname) (
  2 * ALERTS{alertname=~"Quay(Switch|Worker|UploadPins).+", alertstate="firing"}
  or
  ALERTS{alertname=~"Quay(Switch|Worker|UploadPins).+", alertstate="pending"}
)`,
          legend: '{{alertname}}',
        },
      ],
      runbook: 'm1#alerts',
      width: 24,
      height: 6,
      unit: 'none',
      states: namedStates([
        { value: 1, text: 'pending', color: 'yellow' },
        { value: 2, text: 'firing', color: 'red' },
      ]),
    }),
  ];
}
