import { stateTimeline, timeSeries, type PanelSource } from '../../grafana/panels.ts';
import { namedStates, stateFrom } from '../../grafana/states.ts';
import { CHOSEN_RUNTIMES } from './filters.ts';

const SIZE = { width: 12, height: 8 };

/** What the two runtimes do. */
export function runtimesRow(): PanelSource[] {
  return [
    timeSeries({
      ...SIZE,
      title: 'Pulls by runtime',
      description:
        'Image pulls per second: whoever serves one counts it. When V2_PULL moves, the pulls move, and their sum stays.',
      queries: [
        {
          expr: `sum by (runtime, status) (rate(quay_registry_image_pulls_total{${CHOSEN_RUNTIMES}}[$__rate_interval]))`,
          legend: '{{runtime}} {{status}}',
        },
        { expr: 'sum(rate(quay_registry_image_pulls_total[$__rate_interval]))', legend: 'both runtimes' },
      ],
      runbook: 'm1#move-a-capability',
      unit: 'reqps',
    }),
    timeSeries({
      ...SIZE,
      title: 'Upstream errors',
      description:
        'Requests per second that registry-metrics could not complete because of the runtime that it sent them to.',
      queries: [
        {
          expr: 'sum by (upstream, reason) (rate(quay_gateway_upstream_errors_total{process_name="registry-metrics"}[$__rate_interval]))',
          legend: '{{upstream}} {{reason}}',
        },
      ],
      runbook: 'm1#move-it-back',
      unit: 'reqps',
    }),
    timeSeries({
      ...SIZE,
      title: 'Uploads pinned',
      description:
        'Parts of uploads per second, by how the runtime that began them was found. redis_failed: an upload may fail if its owner changes meanwhile.',
      queries: [
        {
          expr: 'sum by (outcome) (rate(quay_gateway_upload_pins_total[$__rate_interval]))',
          legend: '{{outcome}}',
        },
      ],
      runbook: 'm1#what-can-be-away',
      unit: 'ops',
    }),
    stateTimeline({
      ...SIZE,
      title: 'Worker programs running',
      description: 'Whether a process of the new runtime does the work of a program.',
      queries: [{ expr: 'sum by (program) (quay_worker_running)', legend: '{{program}}' }],
      runbook: 'm1#worker-with-two-owners',
      unit: 'none',
      states: [
        ...namedStates([
          { value: 0, text: 'idle', color: 'text' },
          { value: 1, text: 'running', color: 'green' },
        ]),
        stateFrom(2, 'more than one', 'red'),
      ],
    }),
  ];
}
