import { timeSeries, type PanelSource } from '../../grafana/panels.ts';
import { ratesBy } from './filters.ts';

const SIZE = { width: 12, height: 8 };
const SIZES = 'cache="blob_size"';
/** The gateway for `/api` counts its own. */
const OF_THE_REGISTRY = 'process_name="registry-metrics"';

/** The gateway in front of both runtimes. */
export function gatewayRow(): PanelSource[] {
  return [
    timeSeries({
      ...SIZE,
      title: 'Upstream errors',
      description:
        'Requests per second that registry-metrics could not complete because of the runtime that it sent them to. No runtime counts them.',
      queries: [
        {
          expr: ratesBy('upstream, reason', 'quay_gateway_upstream_errors_total', OF_THE_REGISTRY),
          legend: '{{upstream}} {{reason}}',
        },
      ],
      runbook: 'm2#upstream-errors',
      unit: 'reqps',
    }),
    timeSeries({
      ...SIZE,
      title: 'Upload pins',
      description:
        'Parts of uploads per second, by how the runtime that began them was found. They go there whatever the switches say.',
      queries: [{ expr: ratesBy('outcome', 'quay_gateway_upload_pins_total'), legend: '{{outcome}}' }],
      runbook: 'm1#what-can-be-away',
      unit: 'ops',
    }),
    timeSeries({
      ...SIZE,
      title: 'Cache of blob sizes',
      description: 'Look-ups per second of sizes that an answer did not tell, as those of redirects.',
      queries: [
        { expr: ratesBy('', 'quay_cache_hits_total', SIZES), legend: 'found' },
        { expr: ratesBy('', 'quay_cache_misses_total', SIZES), legend: 'looked up' },
      ],
      runbook: 'm2#blob-sizes-unknown',
      unit: 'ops',
    }),
    timeSeries({
      ...SIZE,
      title: 'Blobs of unknown size',
      description: 'Downloads per second that are missing from the estimated bytes.',
      queries: [
        {
          expr: ratesBy('protocol', 'quay_gateway_unknown_blob_sizes_total'),
          legend: '{{protocol}}',
        },
      ],
      runbook: 'm2#blob-sizes-unknown',
      unit: 'ops',
    }),
  ];
}
