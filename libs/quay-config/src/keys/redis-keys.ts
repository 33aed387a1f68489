import { configKey } from '../config-key.ts';
import { boolean, integer, seconds } from '../value-schemas.ts';
import { defaultRedisSettings, redisSchema } from './redis-settings.ts';

const PULL_METRICS_DB = 1;

export const redisKeys = {
  PULL_METRICS_REDIS: configKey({
    kind: 'mapping',
    fallback: defaultRedisSettings(PULL_METRICS_DB),
    fallbackText: '{host: localhost, db: 1}',
    help: 'The Redis that collects pulls, and of the jobs that flush them: `host`, `port` (6379), `db` (1), `username`, `password`, `ssl`, `ssl_cert_reqs`, `ssl_check_hostname`, `ssl_ca_certs`, `ssl_certfile`, `ssl_keyfile`, `unix_socket_path`, `socket_connect_timeout` and `socket_timeout` (5 s each). Set `db`: without it the Python runtime writes to database 0 and flushes database 1.',
    usedBy: ['registry-metrics', 'pullmetrics-worker'],
    section: 4,
    variable: 'yaml',
    secret: true,
    schema: redisSchema(PULL_METRICS_DB),
    warning: (raw) =>
      isMapping(raw) && (raw.db === undefined || raw.db === null)
        ? `PULL_METRICS_REDIS has no db: database ${PULL_METRICS_DB} is used here, while Python writes pulls to database 0 and flushes database 1; set db in the configuration`
        : undefined,
  }),
  USER_EVENTS_REDIS: configKey({
    kind: 'mapping',
    fallback: defaultRedisSettings(0),
    fallbackText: '{host: localhost}',
    help: 'The Redis of the global locks, of the other scheduled jobs, of the owner switches and of upload pins; same form, `db` 0.',
    usedBy: ['switch-controller', 'registry-metrics', 'gc-worker', 'globalstats-worker'],
    section: 6,
    variable: 'yaml',
    secret: true,
    schema: redisSchema(0),
  }),
  BUILDLOGS_REDIS: configKey({
    kind: 'mapping',
    fallback: defaultRedisSettings(0),
    fallbackText: '{host: localhost}',
    help: 'The Redis that the health check asks; same form, `db` 0.',
    usedBy: ['api-health'],
    section: 10,
    variable: 'yaml',
    secret: true,
    schema: redisSchema(0),
  }),
  FEATURE_IMAGE_PULL_STATS: configKey({
    kind: 'boolean',
    fallback: false,
    help: 'Whether pulls are tracked and flushed.',
    usedBy: ['registry-metrics', 'pullmetrics-worker'],
    section: 4,
    variable: 'text',
    schema: boolean,
  }),
  PULL_METRICS_WORKER_COUNT: configKey({
    kind: 'integer, 1 or more',
    fallback: 5,
    help: 'How many pulls are written to Redis at once.',
    usedBy: ['registry-metrics'],
    section: 4,
    variable: 'text',
    schema: integer(1),
  }),
  REDIS_FLUSH_INTERVAL_SECONDS: configKey({
    kind: 'seconds',
    fallback: 300,
    help: 'From the beginning of a flush of pulls to that of the next.',
    usedBy: ['pullmetrics-worker'],
    section: 5,
    variable: 'text',
    schema: seconds,
  }),
  REDIS_FLUSH_WORKER_BATCH_SIZE: configKey({
    kind: 'integer, 1 or more',
    fallback: 1000,
    help: 'Keys that are flushed in one transaction, up to 5000; in Python, keys of one cycle.',
    usedBy: ['pullmetrics-worker'],
    section: 5,
    variable: 'text',
    schema: integer(1),
  }),
  REDIS_FLUSH_WORKER_SCAN_COUNT: configKey({
    kind: 'integer, 1 or more',
    fallback: 100,
    help: '`COUNT` of each `SCAN`, up to 1000.',
    usedBy: ['pullmetrics-worker'],
    section: 5,
    variable: 'text',
    schema: integer(1),
  }),
};

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
