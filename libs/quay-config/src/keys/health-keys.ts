import { z } from 'zod';
import { configKey } from '../config-key.ts';
import { anyMapping, boolean, nonEmptyText, share } from '../value-schemas.ts';

const usedBy = ['api-health'] as const;

const checker = z
  .tuple([nonEmptyText], anyMapping.nullish(), 'expected [name, parameters]')
  .transform(([name, parameters]) => ({ name, parameters: parameters ?? {} }));

function secretText(help: string, section: number, more: { reloadable?: true } = {}) {
  return configKey<string | undefined>({
    kind: 'string',
    fallback: undefined,
    fallbackText: 'none',
    help,
    usedBy,
    section,
    variable: 'text',
    secret: true,
    schema: nonEmptyText,
    ...more,
  });
}

function healthFlag(help: string, fallback = false) {
  return configKey({
    kind: 'boolean',
    fallback,
    help,
    usedBy,
    section: 10,
    variable: 'text',
    schema: boolean,
  });
}

function healthText(fallback: string, help: string) {
  return configKey({
    kind: 'string',
    fallback,
    help,
    usedBy,
    section: 10,
    variable: 'text',
    schema: nonEmptyText,
  });
}

function freeShare(fallback: number, help: string) {
  return configKey({
    kind: 'number, 0..1',
    fallback,
    help,
    usedBy,
    section: 10,
    variable: 'text',
    schema: share,
  });
}

export const healthKeys = {
  HEALTH_CHECKER: configKey({
    kind: '[name, parameters]',
    fallback: { name: 'LocalHealthCheck', parameters: {} },
    fallbackText: '[LocalHealthCheck, {}]',
    help: '`LocalHealthCheck`, or `RDSAwareHealthCheck` (also `ProductionHealthCheck`) with `access_key`, `secret_key`, `db_instance`, `region`; both take `instance_skips` (`[redis, storage]`), the services that the instance check leaves out.',
    usedBy,
    section: 10,
    variable: 'yaml',
    secret: true,
    schema: checker,
  }),
  HEALTH_CHECKER_INSTANCE_CHECK_PREFERRED_STORAGE: healthFlag(
    'Whether the instance check also checks the preferred storage.',
  ),
  DISKSPACE_HEALTH_THRESHOLD: freeShare(
    0.01,
    'Free share of the disk below which the instance is unhealthy.',
  ),
  DISKSPACE_HEALTH_WARNING_THRESHOLD: freeShare(
    0.1,
    'Free share of the disk below which the warning check fails.',
  ),
  ENABLE_HEALTH_DEBUG_SECRET: secretText(
    'The last part of the path that enables debug information; without it there is none.',
    10,
    { reloadable: true },
  ),
  SETUP_COMPLETE: healthFlag('Before that, service key and disk space count as healthy.'),
  FEATURE_BILLING: healthFlag('Whether `/health/dbrevision` exists.'),
  TESTING: healthFlag('Shown as `is_testing` in the debug information.', true),
  SERVER_HOSTNAME: healthText(
    'localhost:5000',
    'Where Quay is reached; if that is `localhost`, its port is also that of the processes that the health check pings.',
  ),
  PREFERRED_URL_SCHEME: healthText(
    'http',
    'With `https` the processes of Quay are pinged by TLS (unless `EXTERNAL_TLS_TERMINATION`), and the debug cookie is sent by TLS only.',
  ),
  EXTERNAL_TLS_TERMINATION: healthFlag(
    'Whether TLS ends before Quay: its processes are pinged by plain HTTP.',
  ),
  FORCE_NONSECURE_SESSION_COOKIE: healthFlag(
    'Whether the debug cookie is sent by plain HTTP even if the preferred scheme is `https`.',
  ),
  INSTANCE_SERVICE_KEY_SERVICE: healthText('quay', 'The service that the key of this instance belongs to.'),
  AUTHENTICATION_TYPE: configKey({
    kind: 'string',
    fallback: 'Database',
    help: 'The authentication backend that the health check asks; `Database` is always healthy.',
    usedBy,
    section: 10,
    variable: 'text',
    schema: nonEmptyText,
  }),
  INSTANCE_SERVICE_KEY_KID_LOCATION: configKey<string | undefined>({
    kind: 'path',
    fallback: undefined,
    fallbackText: '$QUAYCONF/quay.kid',
    help: 'The file with the id of the service key of this instance.',
    usedBy,
    section: 10,
    variable: 'text',
    schema: nonEmptyText,
  }),
  FEATURE_SECURITY_SCANNER: healthFlag('Whether a security scanner is in use.'),
  SECURITY_SCANNER_V4_ENDPOINT: configKey<string | undefined>({
    kind: 'URL',
    fallback: undefined,
    fallbackText: 'none',
    help: 'The security scanner.',
    usedBy,
    section: 10,
    variable: 'text',
    schema: nonEmptyText,
  }),
  SECURITY_SCANNER_V4_PSK: secretText('The pre-shared key of the security scanner, base64.', 10),
};
