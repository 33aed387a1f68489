import { z } from 'zod';
import { configKey } from '../config-key.ts';
import { anyMapping, boolean, nonEmptyText, seconds, textList } from '../value-schemas.ts';
import { commaSeparated } from './metrics-keys.ts';

const gc = ['gc-worker'] as const;

function gcFeature(fallback: boolean, help: string) {
  return configKey({
    kind: 'boolean',
    fallback,
    help,
    usedBy: gc,
    section: 8,
    variable: 'text',
    schema: boolean,
  });
}

const location = z
  .tuple([nonEmptyText, anyMapping.nullish()], 'expected [engine, parameters]')
  .transform(([engine, parameters]) => ({ engine, parameters: parameters ?? {} }));

export const workerKeys = {
  GLOBAL_PROMETHEUS_STATS_FREQUENCY: configKey({
    kind: 'seconds',
    fallback: 3600,
    help: 'Pause between two counts of repositories, users, organisations and robots.',
    usedBy: ['globalstats-worker'],
    section: 7,
    variable: 'text',
    schema: seconds,
  }),
  GARBAGE_COLLECTION_FREQUENCY: configKey({
    kind: 'seconds',
    fallback: 30,
    help: 'Pause between two collections.',
    usedBy: gc,
    section: 8,
    variable: 'text',
    schema: seconds,
  }),
  FEATURE_GARBAGE_COLLECTION: gcFeature(true, 'Whether tags and manifests are collected.'),
  FEATURE_REPOSITORY_GARBAGE_COLLECTION: gcFeature(true, 'Whether deleted repositories are purged.'),
  FEATURE_NAMESPACE_GARBAGE_COLLECTION: gcFeature(true, 'Whether deleted namespaces are purged.'),
  FEATURE_IMMUTABLE_TAGS: gcFeature(false, 'Whether tags can be immutable.'),
  FEATURE_IMMUTABLE_TAGS_CAN_EXPIRE: gcFeature(
    false,
    'Whether immutable tags are collected when they expire.',
  ),
  FEATURE_QUOTA_MANAGEMENT: gcFeature(false, 'Whether sizes are kept exact while collecting.'),
  QUOTA_INVALIDATE_TOTALS: gcFeature(true, 'Without quota management: whether totals are marked stale.'),
  FEATURE_IMAGE_EXPIRY_TRIGGER: gcFeature(
    false,
    'Whether expiring tags are notified of; then `GCWORKER` has to stay with Python.',
  ),
  DISABLE_PUSHES: gcFeature(false, 'Whether nothing can be pushed; then nothing is collected either.'),
  ACCOUNT_RECOVERY_MODE: gcFeature(
    false,
    'Whether Quay runs only to recover accounts; then nothing is collected.',
  ),
  REPOSITORY_GC_QUEUE_NAME: configKey({
    kind: 'string',
    fallback: 'repositorygc',
    help: 'Queue of repositories to purge.',
    usedBy: gc,
    section: 8,
    variable: 'text',
    schema: nonEmptyText,
  }),
  NAMESPACE_GC_QUEUE_NAME: configKey({
    kind: 'string',
    fallback: 'namespacegc',
    help: 'Queue of namespaces to purge.',
    usedBy: gc,
    section: 8,
    variable: 'text',
    schema: nonEmptyText,
  }),
  QUEUE_WORKER_METRICS_REFRESH_SECONDS: configKey({
    kind: 'seconds',
    fallback: 300,
    help: 'Pause between two readings of the queue metrics.',
    usedBy: gc,
    section: 8,
    variable: 'text',
    schema: seconds,
  }),
  DISTRIBUTED_STORAGE_CONFIG: configKey<Map<string, { engine: string; parameters: Record<string, unknown> }>>(
    {
      kind: 'mapping name -> [engine, parameters]',
      fallback: new Map(),
      fallbackText: '{}',
      help: 'The storage locations. Quay ships a location for its own tests as the default; here there is none.',
      usedBy: ['gc-worker', 'api-health'],
      section: 8,
      variable: 'yaml',
      secret: true,
      schema: z
        .record(z.string(), location, 'expected a mapping of name -> [engine, parameters]')
        .transform((locations) => new Map(Object.entries(locations))),
    },
  ),
  DISTRIBUTED_STORAGE_PREFERENCE: configKey<string[]>({
    kind: 'list',
    fallback: [],
    help: 'The preferred storage locations.',
    usedBy: ['gc-worker', 'api-health'],
    section: 10,
    variable: 'yaml',
    schema: textList,
  }),
  DISTRIBUTED_STORAGE_DEFAULT_LOCATIONS: configKey<string[]>({
    kind: 'list',
    fallback: [],
    help: 'The locations that hold every image.',
    usedBy: ['gc-worker'],
    section: 8,
    variable: 'yaml',
    schema: textList,
  }),
  QUAY_OVERRIDE_SERVICES: configKey<string[]>({
    kind: 'string or list',
    fallback: [],
    fallbackText: 'none',
    help: 'Comma-separated `program=true` or `program=false` of the Python runtime; an owner switch beside it wins.',
    usedBy: 'all',
    section: 13,
    variable: 'text',
    schema: commaSeparated(),
  }),
};
