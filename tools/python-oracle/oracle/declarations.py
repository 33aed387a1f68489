"""What Quay declares, written down by hand from its source: a witness independent of the catalogue.

Only facts (names, types, labels, HELP, buckets). Names are as in Quay's Python; what arrives at
Prometheus is decided by prometheus_client, the Pushgateway and Prometheus, never by this file.
"""

from collections import namedtuple

from prometheus_client import Counter, Gauge, Histogram

Declaration = namedtuple("Declaration", "metric name help labels buckets apps")

# Which app of the new runtime takes over the work behind a metric, and so must expose it.
REGISTRY = "registry-metrics"
HEALTH = "api-health"
GC = "gc-worker"
STATS = "globalstats-worker"
PULLS = "pullmetrics-worker"
WITH_DATABASE = (REGISTRY, HEALTH, GC, STATS, PULLS)
SCHEDULED = (STATS, GC, PULLS)

SECSCAN_RESULT_SECONDS = (60, 300, 600, 900, 1200, 1500, 1800, 2100, 2400)
WORKER_OPERATION_SECONDS = (60, 300, 600, 1800, 3600, 7200, 14400, 28800, 43200, 57600, 86400)


def counter(name, help, labels=(), apps=()):
    return Declaration(Counter, name, help, labels, None, apps)


def gauge(name, help, labels=(), apps=()):
    return Declaration(Gauge, name, help, labels, None, apps)


def histogram(name, help, labels=(), buckets=None, apps=()):
    return Declaration(Histogram, name, help, labels, buckets, apps)


DECLARATIONS = (
    # util/metrics/prometheus.py: database
    gauge("quay_db_pooled_connections_in_use", "number of pooled db connections in use", apps=WITH_DATABASE),
    gauge("quay_db_pooled_connections_available", "number of pooled db connections available", apps=WITH_DATABASE),
    counter("quay_db_connect_calls", "number of connect() calls made to db", apps=WITH_DATABASE),
    counter("quay_db_close_calls", "number of close() calls made to db", apps=WITH_DATABASE),
    # util/metrics/prometheus.py: requests
    histogram(
        "quay_request_duration_seconds",
        "seconds taken to process a request",
        labels=("method", "route", "status", "namespace_name"),
        apps=(REGISTRY, HEALTH),
    ),
    # endpoints/metrics.py
    counter(
        "quay_registry_image_pulls_total",
        "number of images that have been downloaded via the registry",
        labels=("protocol", "ref", "status"),
        apps=(REGISTRY,),
    ),
    counter(
        "quay_registry_image_pushes_total",
        "number of images that have been uploaded via the registry",
        labels=("protocol", "status", "media_type"),
        apps=(REGISTRY,),
    ),
    counter(
        "quay_registry_image_pulled_estimated_bytes_total",
        "number of bytes that have been downloaded via the registry",
        labels=("protocol",),
        apps=(REGISTRY,),
    ),
    # util/metrics/prometheus.py: garbage collection
    counter(
        "quay_gc_table_rows_deleted", "number of table rows deleted by GC", labels=("table",), apps=(GC,)
    ),
    counter("quay_gc_storage_blobs_deleted", "number of storage blobs deleted", apps=(GC,)),
    counter(
        "quay_gc_repos_purged",
        "number of repositories purged by the RepositoryGCWorker or NamespaceGCWorker",
        apps=(GC,),
    ),
    counter("quay_gc_namespaces_purged", "number of namespaces purged by the NamespaceGCWorker", apps=(GC,)),
    counter("quay_gc_iterations", "number of iterations by the GCWorker", apps=(GC,)),
    # util/metrics/prometheus.py: security scanner
    histogram(
        "quay_secscan_request_duration_seconds",
        "seconds taken to make an index request to the secscan service",
        labels=("method", "action", "status"),
        apps=(HEALTH,),
    ),
    # Bytes in buckets made for seconds: so it is in Quay.
    histogram(
        "quay_secscan_index_layer_size_bytes",
        "bytes submitted to index to the secscan service",
        apps=(HEALTH,),
    ),
    histogram(
        "quay_secscan_result_duration_seconds",
        "how long it takes to receive scan results after pushing an image",
        buckets=SECSCAN_RESULT_SECONDS,
        apps=(HEALTH,),
    ),
    # workers/globalpromstats/globalpromstats.py
    gauge("quay_repository_rows", "number of repositories in the database", apps=(STATS,)),
    gauge("quay_user_rows", "number of users in the database", apps=(STATS,)),
    gauge("quay_org_rows", "number of organizations in the database", apps=(STATS,)),
    gauge("quay_robot_rows", "number of robot accounts in the database", apps=(STATS,)),
    gauge(
        "quay_org_mirrors_total", "number of org-level mirror configurations in the database", apps=(STATS,)
    ),
    gauge(
        "quay_org_mirrors_enabled",
        "number of enabled org-level mirror configurations in the database",
        apps=(STATS,),
    ),
    # data/queue.py
    counter(
        "quay_queue_item_gets_total",
        "number of times get() has been called on queue",
        labels=("queue_name", "availability"),
        apps=(GC,),
    ),
    gauge(
        "quay_queue_items_locked",
        "number of queue items that have been acquired",
        labels=("queue_name",),
        apps=(GC,),
    ),
    gauge(
        "quay_queue_items_available",
        "number of queue items that have not expired",
        labels=("queue_name",),
        apps=(GC,),
    ),
    gauge(
        "quay_queue_items_available_unlocked",
        "number of queue items that have not expired and are not locked",
        labels=("queue_name",),
        apps=(GC,),
    ),
    # workers/worker.py
    histogram(
        "quay_worker_operation_duration_seconds",
        "Duration of worker operations in seconds",
        labels=("worker", "operation"),
        buckets=WORKER_OPERATION_SECONDS,
        apps=SCHEDULED,
    ),
    gauge(
        "quay_worker_operation_in_progress",
        "Whether a worker operation is currently running",
        labels=("worker", "operation"),
        apps=SCHEDULED,
    ),
)


def declare(declaration, registry):
    """The live metric of prometheus_client, registered as Quay's code would register it."""
    options = {} if declaration.buckets is None else {"buckets": declaration.buckets + (float("inf"),)}
    return declaration.metric(
        declaration.name, declaration.help, labelnames=declaration.labels, registry=registry, **options
    )
