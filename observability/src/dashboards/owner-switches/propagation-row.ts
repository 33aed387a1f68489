import { PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { bucketHeatmap } from '../../grafana/heatmap.ts';
import { timeSeries, type PanelSource } from '../../grafana/panels.ts';
import { redFrom } from '../../grafana/thresholds.ts';

const SIZE = { width: 12, height: 8 };

/** How fast changes arrive, and who makes them. */
export function propagationRow(): PanelSource[] {
  return [
    timeSeries({
      ...SIZE,
      title: 'Propagation',
      description:
        'Seconds from the publication of a change to its acknowledgement by a process, of the last hour. Promised: 30 s.',
      queries: [0.5, 0.9, 0.99].map((quantile) => ({
        expr: `histogram_quantile(${quantile}, sum by (le) (rate(quay_switch_propagation_seconds_bucket[1h])))`,
        legend: `${quantile * 100} %`,
      })),
      runbook: 'm1#propagation-slow',
      unit: 's',
      thresholds: redFrom(30),
    }),
    bucketHeatmap({
      ...SIZE,
      title: 'Acknowledgements by delay',
      description: 'How many processes followed how many seconds after the publication of a change.',
      queries: [
        {
          expr: 'sum by (le) (increase(quay_switch_propagation_seconds_bucket[$__rate_interval]))',
          legend: '{{le}}',
          format: PromQueryFormat.Heatmap,
        },
      ],
      runbook: 'm1#propagation-slow',
      unit: 's',
    }),
    timeSeries({
      ...SIZE,
      title: 'Processes by state',
      description:
        'As the switch-controller sees them: on the published version, behind it, or silent for more than 30 s. What has ended counts as silent for ten minutes.',
      queries: [{ expr: 'max by (state) (quay_switch_processes)', legend: '{{state}}' }],
      runbook: 'm1#versions-differ',
      unit: 'none',
      stacked: true,
      stepped: true,
    }),
    timeSeries({
      ...SIZE,
      title: 'Changes by outcome',
      description: 'Requests to change the owner switches, rollbacks and dry runs included.',
      queries: [
        {
          expr: 'sum by (outcome) (increase(quay_switch_changes_total[$__rate_interval]))',
          legend: '{{outcome}}',
        },
      ],
      runbook: 'm1#refused-changes',
      unit: 'short',
      bars: true,
    }),
  ];
}
