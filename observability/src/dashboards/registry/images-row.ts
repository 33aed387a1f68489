import { timeSeries, type PanelSource } from '../../grafana/panels.ts';
import { CHOSEN_PROTOCOLS, CHOSEN_RUNTIMES, ratesBy } from './filters.ts';

const SIZE = { width: 8, height: 8 };

/** What is pulled and pushed. */
export function imagesRow(): PanelSource[] {
  return [
    timeSeries({
      ...SIZE,
      title: 'Pulls by status',
      description: 'Manifests by tag or by digest, per second: 200, 404, or 400 for an unreadable one.',
      queries: [
        {
          expr: ratesBy('runtime, ref, status', 'quay_registry_image_pulls_total', CHOSEN_PROTOCOLS),
          legend: '{{runtime}} by {{ref}}: {{status}}',
        },
      ],
      runbook: 'm2#pulls-fail',
      unit: 'reqps',
    }),
    timeSeries({
      ...SIZE,
      title: 'Pulls that fail',
      description:
        'Of all pulls, over five minutes. What clients only look for, such as a tag before a push, counts too; both runtimes should be alike.',
      queries: [
        {
          expr: `max by (runtime) (runtime:quay_registry_image_pull_failures_per_pulls:ratio_rate5m{${CHOSEN_RUNTIMES}})`,
          legend: '{{runtime}}',
        },
      ],
      runbook: 'm2#pulls-fail',
      unit: 'percentunit',
    }),
    timeSeries({
      ...SIZE,
      title: 'Pushes by media type',
      description: 'Manifests per second by what they are; a refused one has no media type.',
      queries: [
        {
          expr: ratesBy('runtime, status, media_type', 'quay_registry_image_pushes_total', CHOSEN_PROTOCOLS),
          legend: '{{runtime}} {{status}} {{media_type}}',
        },
      ],
      runbook: 'm2#what-to-watch',
      unit: 'reqps',
    }),
  ];
}
