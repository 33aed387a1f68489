import { SECONDS_BUCKETS } from '../buckets.ts';
import { CLAIM_SOURCES, FLUSHED_KEY_OUTCOMES, POSTPONE_REASONS } from '../known-values.ts';
import type { MetricDefinition } from '../metric-definition.ts';

const FLUSHER = {
  apps: ['pullmetrics-worker'],
  milestone: 'M4',
  origin: 'own',
  source: 'apps/pullmetrics-worker',
} as const;

/** Metrics of this project alone about the work of the worker apps. */
export const WORKER_METRICS = {
  quay_gc_cleanups_postponed_total: {
    declared: 'quay_gc_cleanups_postponed_total',
    type: 'counter',
    labels: ['reason'],
    help: 'Cleanups of garbage collection that wait for a later round: others have locked rows (`rows`), files could not be removed (`files`), or an error (`failed`).',
    known: { reason: POSTPONE_REASONS },
    apps: ['gc-worker'],
    milestone: 'M4',
    origin: 'own',
    source: 'apps/gc-worker',
  },
  quay_globalstats_last_success_timestamp_seconds: {
    declared: 'quay_globalstats_last_success_timestamp_seconds',
    type: 'gauge',
    labels: [],
    help: 'Unix time of the count that the row gauges show. Absent where they are: in a process that does not report.',
    absentUntilSet: true,
    apps: ['globalstats-worker'],
    milestone: 'M4',
    origin: 'own',
    source: 'apps/globalstats-worker',
  },
  quay_globalstats_runs_total: {
    declared: 'quay_globalstats_runs_total',
    type: 'counter',
    labels: ['outcome'],
    help: 'Counts of the global statistics: reported, failed, or cancelled because the work was stopped or its lock lost.',
    known: { outcome: ['reported', 'failed', 'cancelled'] },
    apps: ['globalstats-worker'],
    milestone: 'M4',
    origin: 'own',
    source: 'apps/globalstats-worker',
  },
  quay_pull_flush_runs_total: {
    declared: 'quay_pull_flush_runs_total',
    type: 'counter',
    labels: ['outcome'],
    help: 'Flushes of pulls: everything flushed, failed in part, or cancelled because the work was stopped.',
    known: { outcome: ['flushed', 'failed', 'cancelled'] },
    ...FLUSHER,
  },
  quay_pull_flush_keys_scanned_total: {
    declared: 'quay_pull_flush_keys_scanned_total',
    type: 'counter',
    labels: [],
    help: 'Keys of pull events that scans have found, claimed by others or not.',
    ...FLUSHER,
  },
  quay_pull_flush_keys_claimed_total: {
    declared: 'quay_pull_flush_keys_claimed_total',
    type: 'counter',
    labels: ['source'],
    help: 'Keys claimed: pull events, or orphans that a flusher of Python (`python_orphan`) or of this runtime (`orphan`) had claimed and left.',
    known: { source: CLAIM_SOURCES },
    ...FLUSHER,
  },
  quay_pull_flush_keys_settled_total: {
    declared: 'quay_pull_flush_keys_settled_total',
    type: 'counter',
    labels: ['outcome'],
    help: 'Claimed keys by what became of them; each is counted once, when that is known.',
    known: { outcome: FLUSHED_KEY_OUTCOMES },
    ...FLUSHER,
  },
  quay_pull_flush_pulls_total: {
    declared: 'quay_pull_flush_pulls_total',
    type: 'counter',
    labels: [],
    help: 'Pulls that have been added to the statistics of manifests.',
    ...FLUSHER,
  },
  quay_pull_flush_batch_duration_seconds: {
    declared: 'quay_pull_flush_batch_duration_seconds',
    type: 'histogram',
    labels: [],
    help: 'Seconds from the claim of a batch to its end, written or not.',
    buckets: SECONDS_BUCKETS,
    ...FLUSHER,
  },
  quay_pull_flush_lag_seconds: {
    declared: 'quay_pull_flush_lag_seconds',
    type: 'gauge',
    labels: [],
    help: 'Age of the oldest pull event that the last flush found, by its latest pull, when the flush began; 0 if it found none. Absent in a replica that has not flushed for two intervals.',
    absentUntilSet: true,
    ...FLUSHER,
  },
  quay_pull_flush_last_success_timestamp_seconds: {
    declared: 'quay_pull_flush_last_success_timestamp_seconds',
    type: 'gauge',
    labels: [],
    help: 'Unix time at which a flush last ended with everything flushed. Absent before the first.',
    absentUntilSet: true,
    ...FLUSHER,
  },
} as const satisfies Record<string, MetricDefinition>;
