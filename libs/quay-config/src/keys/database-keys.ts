import { z } from 'zod';
import { APPS_WITH_DATABASE } from '@quay-observability/metric-catalogue';
import { configKey } from '../config-key.ts';
import { anyMapping, nonEmptyText } from '../value-schemas.ts';

const connectionArgs = anyMapping.nullish().transform((value) => value ?? undefined);

const replica = z.looseObject(
  { DB_URI: nonEmptyText, DB_CONNECTION_ARGS: connectionArgs },
  'expected a mapping with DB_URI',
);

export const databaseKeys = {
  DB_URI: configKey<string | undefined>({
    kind: 'SQLAlchemy URL',
    fallback: undefined,
    fallbackText: 'none',
    help: 'The database: `postgresql://` or `postgresql+psycopg2://`. MySQL and SQLite are refused by the apps that use the database.',
    usedBy: APPS_WITH_DATABASE,
    section: 15,
    variable: 'text',
    secret: true,
    schema: nonEmptyText,
  }),
  DB_CONNECTION_ARGS: configKey<Record<string, unknown>>({
    kind: 'mapping',
    fallback: {},
    help: 'Arguments of the Python driver; used are `sslmode`, `sslrootcert`, `sslcert`, `sslkey`, `connect_timeout`, `application_name`, `options`, `keepalives` (0 turns them off), `keepalives_idle` (10 s) and `max_connections`.',
    usedBy: APPS_WITH_DATABASE,
    section: 15,
    variable: 'yaml',
    secret: true,
    schema: anyMapping,
  }),
  DB_READ_REPLICAS: configKey({
    kind: 'list of {DB_URI, DB_CONNECTION_ARGS}',
    fallback: [],
    help: 'Read replicas; one without `DB_CONNECTION_ARGS` takes those of the primary.',
    usedBy: APPS_WITH_DATABASE,
    section: 14,
    variable: 'yaml',
    secret: true,
    schema: z.array(replica, 'expected a list of mappings with DB_URI'),
  }),
  REGISTRY_STATE: configKey<'normal' | 'readonly'>({
    kind: 'normal \\| readonly',
    fallback: 'normal',
    help: '`readonly` forbids every write and skips the storage health check; anything else means `normal`.',
    usedBy: 'all',
    section: 10,
    variable: 'text',
    schema: z.unknown().transform((value) => (value === 'readonly' ? 'readonly' : 'normal')),
    warning: (raw) =>
      raw === 'readonly' || raw === 'normal'
        ? undefined
        : 'REGISTRY_STATE is neither normal nor readonly: it counts as normal, as for Python, and writes are allowed',
  }),
};
