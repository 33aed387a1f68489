import { timeSeries, type PanelSource } from '../../grafana/panels.ts';
import { ratesBy, RUNTIMES } from '../../grafana/rates.ts';
import { redFrom } from '../../grafana/thresholds.ts';
import { CHOSEN_RUNTIMES } from './filters.ts';

const SIZE = { width: 12, height: 8 };

/** What either runtime collects. */
export function collectionRow(): PanelSource[] {
  return [
    timeSeries({
      ...SIZE,
      title: 'Repositories collected',
      description:
        'Iterations per second: repositories that had garbage, and were gone through. Without garbage there are rounds, but no iterations.',
      queries: [
        { expr: ratesBy('runtime', 'quay_gc_iterations_total', CHOSEN_RUNTIMES), legend: '{{runtime}}' },
      ],
      runbook: 'm4#no-collection',
      unit: 'ops',
    }),
    timeSeries({
      ...SIZE,
      title: 'Files removed',
      description: 'Blobs per second that went from the storage, each with the last row that needed it.',
      queries: [
        {
          expr: ratesBy('runtime', 'quay_gc_storage_blobs_deleted_total', CHOSEN_RUNTIMES),
          legend: '{{runtime}}',
        },
      ],
      runbook: 'm4#what-to-watch',
      unit: 'ops',
    }),
    ...RUNTIMES.map(({ runtime, name }) =>
      timeSeries({
        ...SIZE,
        title: `${name}: rows deleted by table`,
        description: 'Per second. The shares of the tables are alike in both runtimes.',
        queries: [
          {
            expr: ratesBy('table', 'quay_gc_table_rows_deleted_total', `runtime="${runtime}"`),
            legend: '{{table}}',
          },
        ],
        runbook: 'm4#what-to-watch',
        unit: 'ops',
        stacked: true,
      }),
    ),
    timeSeries({
      ...SIZE,
      title: 'Repositories and namespaces purged',
      description: 'Per second. A namespace takes its repositories along.',
      queries: [
        {
          expr: ratesBy('runtime', 'quay_gc_repos_purged_total', CHOSEN_RUNTIMES),
          legend: 'repositories {{runtime}}',
        },
        {
          expr: ratesBy('runtime', 'quay_gc_namespaces_purged_total', CHOSEN_RUNTIMES),
          legend: 'namespaces {{runtime}}',
        },
      ],
      runbook: 'm4#purges-fail',
      unit: 'ops',
    }),
    timeSeries({
      ...SIZE,
      title: 'Items taken from the queues',
      description:
        'Per second. acquired: one is worked on; claimed: somebody else was faster; nonexistant: the queue is empty.',
      queries: [
        {
          expr: ratesBy(
            'runtime, queue_name, availability',
            'quay_queue_item_gets_total',
            `${CHOSEN_RUNTIMES}, queue_name=~"repositorygc|namespacegc"`,
          ),
          legend: '{{queue_name}} {{availability}} {{runtime}}',
        },
      ],
      runbook: 'm4#purges-fail',
      unit: 'ops',
    }),
    timeSeries({
      ...SIZE,
      title: 'Items that wait to be purged',
      description:
        'Of each queue, as living processes of a runtime see it, every QUEUE_WORKER_METRICS_REFRESH_SECONDS. More than ten for an hour are an alert.',
      queries: [
        {
          expr: `max by (runtime, queue_name) (runtime_queue_name:quay_queue_items_available_unlocked:max{${CHOSEN_RUNTIMES}, queue_name=~"repositorygc|namespacegc"})`,
          legend: '{{queue_name}} {{runtime}}',
        },
      ],
      runbook: 'm4#queue-grows',
      unit: 'none',
      thresholds: redFrom(10),
    }),
  ];
}
