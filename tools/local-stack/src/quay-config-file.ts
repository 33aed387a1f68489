import { writeFileSync } from 'node:fs';

/**
 * Writes a `config.yaml` of Quay (JSON, which is YAML) that points to the stack's own servers and to
 * nothing else on this machine.
 */
export function writeQuayConfig(
  file: string,
  servers: { databaseUri: string | undefined; redisPort: number },
): void {
  const redis = { host: '127.0.0.1', port: servers.redisPort };
  const config = {
    ...(servers.databaseUri === undefined ? {} : { DB_URI: servers.databaseUri }),
    BUILDLOGS_REDIS: redis,
    USER_EVENTS_REDIS: redis,
    PULL_METRICS_REDIS: { ...redis, db: 1 },
    FEATURE_IMAGE_PULL_STATS: true,
    SETUP_COMPLETE: true,
    TRACKED_NAMESPACES: ['demo'],
  };
  writeFileSync(file, JSON.stringify(config, null, 2), { mode: 0o600 });
}
