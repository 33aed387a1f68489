import type { AppName, LabelsOf, MetricName } from '@quay-observability/metric-catalogue';

/** One observation, made alike in both runtimes; `metric` is the wire name. */
export type Step = {
  metric: MetricName;
  action: 'inc' | 'set' | 'observe';
  labels: Readonly<Record<string, string>>;
  value: number;
};

function step(action: Step['action']) {
  return <Name extends MetricName>(metric: Name, labels: LabelsOf<Name>, value: number): Step => ({
    metric,
    action,
    labels,
    value,
  });
}

const inc = step('inc');
const set = step('set');
const observe = step('observe');

/** Seconds on, between and beyond the bounds of the default buckets, and two whose sum is no short decimal. */
const SECONDS = [0.005, 0.1, 0.2, 0.30000001, 1, 10, 11.5];

const database: readonly Step[] = [
  set('quay_db_pooled_connections_in_use', {}, 3),
  set('quay_db_pooled_connections_available', {}, 7),
  inc('quay_db_connect_calls_total', {}, 41),
  inc('quay_db_close_calls_total', {}, 38),
];

function requests(route: string, namespace: string): Step[] {
  const labels = { method: 'GET', route, status: '200', namespace_name: namespace };
  return SECONDS.map((seconds) => observe('quay_request_duration_seconds', labels, seconds));
}

function workerOperation(worker: string, operation: string): Step[] {
  const labels = { worker, operation };
  return [
    ...[0.5, 60, 61, 3600, 90000].map((seconds) =>
      observe('quay_worker_operation_duration_seconds', labels, seconds),
    ),
    set('quay_worker_operation_in_progress', labels, 1),
  ];
}

/**
 * What each app does in the comparison: at least one observation of every metric that moves to it, so
 * that labels, buckets and values are there to compare. The switch controller takes over none.
 */
export const WORKLOAD: Readonly<Record<AppName, readonly Step[]>> = {
  'switch-controller': [],
  'registry-metrics': [
    ...database,
    ...requests('v2.fetch_manifest_by_tagname', 'other'),
    ...requests('v2.download_blob', 'other'),
    inc('quay_registry_image_pulls_total', { protocol: 'v2', ref: 'tag', status: '200' }, 5),
    inc('quay_registry_image_pulls_total', { protocol: 'v2', ref: 'manifest', status: '404' }, 1),
    inc('quay_registry_image_pulls_total', { protocol: 'v1', ref: 'tag', status: '403' }, 2),
    inc(
      'quay_registry_image_pushes_total',
      { protocol: 'v2', status: '201', media_type: 'application/vnd.oci.image.manifest.v1+json' },
      2,
    ),
    // Prometheus drops an empty label: the child of refused pushes arrives without `media_type`.
    inc('quay_registry_image_pushes_total', { protocol: 'v2', status: '400', media_type: '' }, 1),
    inc('quay_registry_image_pulled_estimated_bytes_total', { protocol: 'v2' }, 5_368_709_121),
  ],
  'api-health': [
    ...database,
    ...requests('api.repositorylist', 'other'),
    ...SECONDS.map((seconds) =>
      observe(
        'quay_secscan_request_duration_seconds',
        { method: 'POST', action: 'Index', status: '201' },
        seconds,
      ),
    ),
    observe(
      'quay_secscan_request_duration_seconds',
      { method: 'GET', action: 'GetVulnerabilityReport', status: '404' },
      0.0625,
    ),
    observe('quay_secscan_index_layer_size_bytes', {}, 7.5),
    observe('quay_secscan_index_layer_size_bytes', {}, 31_457_280),
    ...[12, 60, 2400, 2401].map((seconds) => observe('quay_secscan_result_duration_seconds', {}, seconds)),
  ],
  'gc-worker': [
    ...database,
    inc('quay_gc_table_rows_deleted_total', { table: 'ManifestPullStatistics' }, 12),
    inc('quay_gc_table_rows_deleted_total', { table: 'Tag' }, 30),
    inc('quay_gc_storage_blobs_deleted_total', {}, 4),
    inc('quay_gc_repos_purged_total', {}, 2),
    inc('quay_gc_namespaces_purged_total', {}, 1),
    inc('quay_gc_iterations_total', {}, 99),
    inc('quay_queue_item_gets_total', { queue_name: 'repositorygc', availability: 'nonexistant' }, 8),
    inc('quay_queue_item_gets_total', { queue_name: 'namespacegc', availability: 'acquired' }, 1),
    set('quay_queue_items_locked', { queue_name: 'repositorygc' }, 1),
    set('quay_queue_items_available', { queue_name: 'repositorygc' }, 6),
    set('quay_queue_items_available_unlocked', { queue_name: 'namespacegc' }, 5),
    ...workerOperation('GarbageCollectionWorker', '_garbage_collection_repos'),
    ...workerOperation('RepositoryGCWorker', 'poll_queue'),
  ],
  'globalstats-worker': [
    ...database,
    set('quay_repository_rows', {}, 1_234_567),
    set('quay_user_rows', {}, 890),
    set('quay_org_rows', {}, 45),
    set('quay_robot_rows', {}, 678),
    set('quay_org_mirrors_total', {}, 3),
    set('quay_org_mirrors_enabled', {}, 2),
    ...workerOperation('GlobalPrometheusStatsWorker', '_try_report_stats'),
  ],
  'pullmetrics-worker': [...database, ...workerOperation('RedisFlushWorker', '_flush_pull_metrics')],
};
