import { APPS_WITH_DATABASE, EVERY_APP } from '../apps.ts';
import { DECISION_SOURCES, FALLBACK_REASONS, ROUTING_REASONS } from '../known-values.ts';
import type { MetricDefinition } from '../metric-definition.ts';

/** The five metrics that the plan adds: owner switches and read replicas (contract sections 13 and 14). */
export const PLAN_METRICS = {
  quay_switch_snapshot_age_seconds: {
    declared: 'quay_switch_snapshot_age_seconds',
    type: 'gauge',
    labels: ['process_name'],
    help: 'Time since the last successful poll of the owner switches.',
    acrossProcesses: 'max',
    apps: EVERY_APP,
    milestone: 'M1',
    origin: 'plan',
    source: 'plan, new metrics',
  },
  quay_switch_owner_decision_total: {
    declared: 'quay_switch_owner_decision_total',
    type: 'counter',
    labels: ['capability', 'owner', 'source'],
    help: 'Owner resolution decisions.',
    known: { owner: ['python', 'go', 'off'], source: DECISION_SOURCES },
    apps: EVERY_APP,
    milestone: 'M1',
    origin: 'plan',
    source: 'plan, new metrics',
  },
  quay_switch_parse_failures_total: {
    declared: 'quay_switch_parse_failures_total',
    type: 'counter',
    labels: ['process_name'],
    help: 'Owner switch snapshots refused, last known good kept.',
    apps: EVERY_APP,
    milestone: 'M1',
    origin: 'plan',
    source: 'plan, new metrics',
  },
  quay_dal_read_replica_routing_total: {
    declared: 'quay_dal_read_replica_routing_total',
    type: 'counter',
    labels: ['target', 'reason'],
    help: 'Read routing decisions between primary and read replicas.',
    known: { target: ['primary', 'replica'], reason: ROUTING_REASONS },
    apps: APPS_WITH_DATABASE,
    milestone: 'M2',
    origin: 'plan',
    source: 'plan, new metrics',
  },
  quay_dal_replica_fallback_total: {
    declared: 'quay_dal_replica_fallback_total',
    type: 'counter',
    labels: ['reason'],
    help: 'Reads that fell back from a replica to the primary.',
    known: { reason: FALLBACK_REASONS },
    apps: APPS_WITH_DATABASE,
    milestone: 'M2',
    origin: 'plan',
    source: 'plan, new metrics',
  },
} as const satisfies Record<string, MetricDefinition>;
