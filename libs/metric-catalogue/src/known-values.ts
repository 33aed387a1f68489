/** What a label value becomes that is outside the label's known set. */
export const OTHER = 'other';

/** HTTP methods that a route of Quay can have; WebDAV's and unknown ones are `other`. */
export const HTTP_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

/** The listeners that an app can have. */
export const LISTENERS = ['public', 'admin', 'notifications', 'health', 'secscan', 'jobs'] as const;

/** Registry protocols (contract section 3). */
export const PROTOCOLS = ['v1', 'v2'] as const;

/** Media type that a push without one, or with `application/json`, stands for: Docker schema 1 (contract section 3). */
export const DOCKER_SCHEMA1_MEDIA_TYPE = 'application/vnd.docker.distribution.manifest.v1+json';

/** Manifest media types that Quay accepts, and the empty one of refused pushes (contract section 3). */
export const MANIFEST_MEDIA_TYPES = [
  '',
  DOCKER_SCHEMA1_MEDIA_TYPE,
  'application/vnd.docker.distribution.manifest.v1+prettyjws',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
] as const;

/** Actions of a registry's events that mean something here; others are `other`. */
export const NOTIFICATION_ACTIONS = ['pull', 'push', 'mount', 'delete'] as const;

/** What becomes of an event: `pending` is being counted by somebody else, and has to be delivered again. */
export const NOTIFICATION_OUTCOMES = ['counted', 'duplicate', 'ignored', 'invalid', 'pending'] as const;

/** Why a cleanup of garbage collection waits for a later round. */
export const POSTPONE_REASONS = ['rows', 'files', 'failed'] as const;

/** Python model names of the tables that garbage collection deletes from (contract section 8). */
export const GC_TABLES = [
  'Manifest',
  'ManifestLabel',
  'ManifestChild',
  'ManifestBlob',
  'ManifestSecurityStatus',
  'ManifestPullStatistics',
  'Tag',
  'TagPullStatistics',
  'UploadedBlob',
  'Label',
  'ImageStorage',
  'ImageStoragePlacement',
  'ImageStorageSignature',
] as const;

/** Calls to Clair (the `action` label of the secscan histogram). */
export const SECSCAN_ACTIONS = [
  'IndexState',
  'Index',
  'GetIndexReport',
  'GetVulnerabilityReport',
  'DeleteNotification',
  'GetNotification',
  'DeleteIndexReport',
] as const;

/** Why an upstream could not be used. */
export const UPSTREAM_FAILURES = ['connect', 'timeout', 'reset', 'protocol'] as const;

/** What may be wrong with the token of a call to Clair. */
export const SECSCAN_REFUSALS = ['absent', 'malformed', 'expired', 'claims', 'signature'] as const;

/** What becomes of the look-up of a layer's size; each layer ends as exactly one of these. */
export const SECSCAN_LAYER_OUTCOMES = [
  'found',
  'unknown',
  'unreadable',
  'queue_full',
  'database_failed',
  'shutdown',
] as const;

/** What becomes of a finished index report; each ends as exactly one of these. */
export const SECSCAN_RESULT_OUTCOMES = [
  'observed',
  'already_scanned',
  'already_counted',
  'unknown_manifest',
  'no_push_time',
  'late',
  'unreadable',
  'queue_full',
  'database_failed',
  'redis_failed',
  'shutdown',
] as const;

/** Where a decision about the owner came from (contract section 13). */
export const DECISION_SOURCES = [
  'route',
  'capability',
  'family',
  'canary',
  'default',
  'force',
  'last-known-good',
  'fail-closed',
] as const;

/** Why a read went where it went (contract section 14). */
export const ROUTING_REASONS = [
  'replica_selected',
  'bypassed',
  'transaction',
  'write',
  'no_replica_configured',
  'none_available',
  'fallback_after_error',
] as const;

/** Why a read on a replica was repeated on the primary (contract section 14). */
export const FALLBACK_REASONS = ['connection_error', 'timeout', 'server_unavailable'] as const;

/** What becomes of a pull that is to be tracked in Redis; each ends as exactly one of these (contract section 4). */
export const PULL_OUTCOMES = [
  'tracked',
  'unknown_repository',
  'no_digest',
  'invalid',
  'queue_full',
  'database_unavailable',
  'redis_unavailable',
  'unanswered',
  'refused',
  'shutdown',
] as const;

/** Where the flusher of pulls finds a key that it claims (contract section 5). */
export const CLAIM_SOURCES = ['pull', 'python_orphan', 'orphan'] as const;

/** What becomes of a key that the flusher of pulls has claimed; each ends as exactly one of these (contract section 5). */
export const FLUSHED_KEY_OUTCOMES = [
  'flushed',
  'empty',
  'invalid',
  'unknown_repository',
  'refused',
  'handed_back',
] as const;

/** Queues of the garbage collection workers (contract section 8). */
export const GC_QUEUES = ['repositorygc', 'namespacegc'] as const;

/** Worker classes of Python whose work the worker apps take over. */
export const WORKERS = [
  'GlobalPrometheusStatsWorker',
  'GarbageCollectionWorker',
  'RepositoryGCWorker',
  'NamespaceGCWorker',
  'RedisFlushWorker',
] as const;

/** Operations of those workers, by the names of the Python methods. */
export const WORKER_OPERATIONS = [
  '_try_report_stats',
  '_garbage_collection_repos',
  'poll_queue',
  'update_queue_metrics',
  '_flush_pull_metrics',
] as const;

/** Queues of the jobs of the worker apps: the programs whose work they schedule. */
export const JOB_QUEUES = [
  'GLOBALPROMSTATS',
  'GCWORKER',
  'REPOSITORYGCWORKER',
  'NAMESPACEGCWORKER',
  'PULLSTATSREDISFLUSHWORKER',
] as const;

/** What becomes of a run of a job; each ends as exactly one of these. */
export const JOB_OUTCOMES = ['completed', 'failed', 'handed_back', 'lost', 'superseded'] as const;

/** States of the jobs in a queue. */
export const JOB_STATES = ['waiting', 'active', 'delayed', 'failed', 'completed'] as const;
