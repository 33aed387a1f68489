import { join } from 'node:path';
import type { ConfigKeyName, ConfigValues } from './config-keys.ts';
import type {
  AuthenticationSettings,
  DatabaseServerSettings,
  DatabaseSettings,
  QuayConfig,
} from './quay-config.ts';
import type { Environment } from './settings/read-settings.ts';

/** Where the values came from, and what was said about them. */
export type ConfigOrigin = {
  readonly source: string | undefined;
  readonly warnings: readonly string[];
  readonly env: Environment;
  /** The file or variable that a key's value came from. */
  readonly sourceOf: (name: ConfigKeyName) => string;
};

/** Groups the checked values of Quay's flat keys by what they are about. */
export function shapeConfig(values: ConfigValues, origin: ConfigOrigin): QuayConfig {
  return {
    source: origin.source,
    warnings: origin.warnings,
    database: shapeDatabase(values, origin.sourceOf),
    redis: {
      pullMetrics: values.PULL_METRICS_REDIS,
      userEvents: values.USER_EVENTS_REDIS,
      buildLogs: values.BUILDLOGS_REDIS,
    },
    pullStatistics: {
      enabled: values.FEATURE_IMAGE_PULL_STATS,
      workerCount: values.PULL_METRICS_WORKER_COUNT,
      flushIntervalSeconds: values.REDIS_FLUSH_INTERVAL_SECONDS,
      flushBatchSize: values.REDIS_FLUSH_WORKER_BATCH_SIZE,
      flushScanCount: values.REDIS_FLUSH_WORKER_SCAN_COUNT,
    },
    trackedNamespaces: values.TRACKED_NAMESPACES,
    tracing: {
      enabled: values.FEATURE_OTEL_TRACING,
      ...values.OTEL_CONFIG,
      excludedUrls: values.OTEL_TRACING_EXCLUDED_URLS,
    },
    prometheus: { namespace: values.PROMETHEUS_NAMESPACE },
    library: { namespace: values.LIBRARY_NAMESPACE, enabled: values.FEATURE_LIBRARY_SUPPORT },
    registryState: values.REGISTRY_STATE,
    globalStatistics: { intervalSeconds: values.GLOBAL_PROMETHEUS_STATS_FREQUENCY },
    garbageCollection: {
      enabled: values.FEATURE_GARBAGE_COLLECTION,
      repositoryGcEnabled: values.FEATURE_REPOSITORY_GARBAGE_COLLECTION,
      namespaceGcEnabled: values.FEATURE_NAMESPACE_GARBAGE_COLLECTION,
      intervalSeconds: values.GARBAGE_COLLECTION_FREQUENCY,
      immutableTags: values.FEATURE_IMMUTABLE_TAGS,
      immutableTagsCanExpire: values.FEATURE_IMMUTABLE_TAGS_CAN_EXPIRE,
      imageExpiryTrigger: values.FEATURE_IMAGE_EXPIRY_TRIGGER,
      pushesDisabled: values.DISABLE_PUSHES,
      accountRecoveryMode: values.ACCOUNT_RECOVERY_MODE,
    },
    quota: { enabled: values.FEATURE_QUOTA_MANAGEMENT, invalidateTotals: values.QUOTA_INVALIDATE_TOTALS },
    queues: {
      repositoryGcName: values.REPOSITORY_GC_QUEUE_NAME,
      namespaceGcName: values.NAMESPACE_GC_QUEUE_NAME,
      metricsRefreshSeconds: values.QUEUE_WORKER_METRICS_REFRESH_SECONDS,
    },
    storage: {
      locations: values.DISTRIBUTED_STORAGE_CONFIG,
      preference: values.DISTRIBUTED_STORAGE_PREFERENCE,
      defaultLocations: values.DISTRIBUTED_STORAGE_DEFAULT_LOCATIONS,
    },
    health: {
      checker: values.HEALTH_CHECKER,
      checkPreferredStorage: values.HEALTH_CHECKER_INSTANCE_CHECK_PREFERRED_STORAGE,
      diskSpaceThreshold: values.DISKSPACE_HEALTH_THRESHOLD,
      diskSpaceWarningThreshold: values.DISKSPACE_HEALTH_WARNING_THRESHOLD,
      debugSecret: values.ENABLE_HEALTH_DEBUG_SECRET,
      setupComplete: values.SETUP_COMPLETE,
      billing: values.FEATURE_BILLING,
      isTesting: values.TESTING,
      serverHostname: values.SERVER_HOSTNAME,
      preferredUrlScheme: values.PREFERRED_URL_SCHEME,
      externalTlsTermination: values.EXTERNAL_TLS_TERMINATION,
      forceNonsecureCookie: values.FORCE_NONSECURE_SESSION_COOKIE,
      authenticationType: values.AUTHENTICATION_TYPE,
      authentication: shapeAuthentication(values, origin.env),
      serviceKeyService: values.INSTANCE_SERVICE_KEY_SERVICE,
      serviceKeyIdFile:
        values.INSTANCE_SERVICE_KEY_KID_LOCATION ?? join(origin.env.QUAYCONF ?? 'conf', 'quay.kid'),
    },
    securityScanner: {
      enabled: values.FEATURE_SECURITY_SCANNER,
      endpoint: values.SECURITY_SCANNER_V4_ENDPOINT,
      psk: values.SECURITY_SCANNER_V4_PSK,
    },
    overrideServices: values.QUAY_OVERRIDE_SERVICES,
  };
}

function shapeDatabase(values: ConfigValues, sourceOf: (name: ConfigKeyName) => string): DatabaseSettings {
  const origin = (key: ConfigKeyName, path = '') => `${key}${path} (${sourceOf(key)})`;
  const connectionArgs = values.DB_CONNECTION_ARGS;
  const argumentsOrigin = origin('DB_CONNECTION_ARGS');
  const primary: DatabaseServerSettings | undefined =
    values.DB_URI === undefined
      ? undefined
      : {
          uri: values.DB_URI,
          connectionArgs,
          origin: { uri: origin('DB_URI'), connectionArgs: argumentsOrigin },
        };
  return {
    primary,
    replicas: values.DB_READ_REPLICAS.map((replica, index) => {
      const own = replica.DB_CONNECTION_ARGS;
      const replicaOrigin = (key: string) => origin('DB_READ_REPLICAS', `[${index}].${key}`);
      return {
        uri: replica.DB_URI,
        connectionArgs: own ?? connectionArgs,
        origin: {
          uri: replicaOrigin('DB_URI'),
          connectionArgs: own === undefined ? argumentsOrigin : replicaOrigin('DB_CONNECTION_ARGS'),
        },
      };
    }),
  };
}

function shapeAuthentication(values: ConfigValues, env: Environment): AuthenticationSettings {
  return {
    ldap: {
      uri: values.LDAP_URI,
      adminDn: values.LDAP_ADMIN_DN,
      adminPassword: values.LDAP_ADMIN_PASSWD,
      timeoutSeconds: values.LDAP_TIMEOUT,
      networkTimeoutSeconds: values.LDAP_NETWORK_TIMEOUT,
      allowInsecureFallback: values.LDAP_ALLOW_INSECURE_FALLBACK,
      caFile: join(env.QUAYCONF ?? 'conf/stack', 'ldap.crt'),
    },
    jwt: { getUserUrl: values.JWT_GETUSER_ENDPOINT },
    keystone: {
      url: values.KEYSTONE_AUTH_URL,
      version: values.KEYSTONE_AUTH_VERSION === 3 ? 3 : 2,
      timeoutSeconds: values.KEYSTONE_AUTH_TIMEOUT,
      adminUsername: values.KEYSTONE_ADMIN_USERNAME,
      adminPassword: values.KEYSTONE_ADMIN_PASSWORD,
      adminTenant: values.KEYSTONE_ADMIN_TENANT,
    },
  };
}
