import { timeSeries, type PanelSource } from '../../grafana/panels.ts';
import { CHOSEN_PROTOCOLS, NO_PROBES, ratesBy } from './filters.ts';

const SIZE = { width: 12, height: 8 };
const REQUESTS = 'runtime_method_route_status:quay_request_duration_seconds_count:rate5m';
const PULLS = 'quay_registry_image_pulls_total';
const BYTES = 'quay_registry_image_pulled_estimated_bytes_total';

/** How far the move from one runtime to the other has come, and that nothing is lost on the way. */
export function moveRow(): PanelSource[] {
  return [
    timeSeries({
      ...SIZE,
      title: 'Share of the requests per runtime',
      description:
        'Of /v1 and /v2 without /v2/ itself, which gateways probe, over five minutes. It follows the decisions beside it; if it does not, one runtime is not counted.',
      queries: [
        {
          expr: `sum by (runtime) (${REQUESTS}{${NO_PROBES}})
  / ignoring (runtime) group_left ()
sum(${REQUESTS}{${NO_PROBES}})`,
          legend: '{{runtime}}',
        },
      ],
      runbook: 'm2#what-to-watch',
      unit: 'percentunit',
      stacked: true,
    }),
    timeSeries({
      ...SIZE,
      title: 'Owner decisions',
      description:
        'Requests of /v1 and /v2 per second that the gateway gives to a runtime, by whom they belong to. Parts of uploads under way are no decisions.',
      queries: [
        {
          expr: ratesBy('owner', 'quay_switch_owner_decision_total', 'capability=~"V[12]_[A-Z]+"'),
          legend: '{{owner}}',
        },
      ],
      runbook: 'm2#requests-uncounted',
      unit: 'reqps',
      stacked: true,
    }),
    timeSeries({
      ...SIZE,
      title: 'Pulls per runtime',
      description: 'Per second. During a move one line falls as the other one rises; their sum goes on.',
      queries: [
        { expr: ratesBy('runtime', PULLS, CHOSEN_PROTOCOLS), legend: '{{runtime}}' },
        { expr: ratesBy('', PULLS, 'protocol=~"$protocol"'), legend: 'both runtimes' },
      ],
      runbook: 'm2#what-to-watch',
      unit: 'reqps',
    }),
    timeSeries({
      ...SIZE,
      title: 'Bytes per runtime',
      description:
        'Whole sizes of the blobs that were asked for, per second. Blobs of unknown size are missing from it.',
      queries: [
        { expr: ratesBy('runtime', BYTES, CHOSEN_PROTOCOLS), legend: '{{runtime}}' },
        { expr: ratesBy('', BYTES, 'protocol=~"$protocol"'), legend: 'both runtimes' },
      ],
      runbook: 'm2#blob-sizes-unknown',
      unit: 'Bps',
    }),
  ];
}
