import {
  durationSecondsSetting,
  integerSetting,
  portSetting,
  stringSetting,
  urlSetting,
  type SettingsOf,
} from '@quay-observability/quay-config';
import { bearerTokensSetting } from '@quay-observability/service';

/** Settings of the health endpoints, by environment variable; README.md has them as a table. */
export const healthSettings = {
  healthHost: stringSetting('HEALTH_LISTEN_HOST', {
    help: 'Address of the listener for the health endpoints.',
    default: '127.0.0.1',
  }),
  healthPort: portSetting('HEALTH_LISTEN_PORT', {
    help: 'Port of the listener for the health endpoints; 0 picks a free one.',
    default: 8090,
  }),
  healthShareSeconds: durationSecondsSetting('HEALTH_SHARE_SECONDS', {
    help: 'How long the result of a check serves further probes; 0 shares only with those that ask while it runs.',
    default: 1,
    max: 60,
  }),
  healthCheckTimeoutSeconds: durationSecondsSetting('HEALTH_CHECK_TIMEOUT_SECONDS', {
    help: 'After so long a check has failed that none of its own limits has ended: that of storage or authentication, or of a file system that hangs.',
    default: 10,
    min: 0.5,
    max: 300,
  }),
  registryPingUrl: urlSetting('HEALTH_REGISTRY_PING_URL', {
    help: "What the check `registry_gunicorn` asks. Without it `v1/_internal_ping` at the address that Python would take from Quay's configuration.",
    default: undefined,
  }),
  webPingUrl: urlSetting('HEALTH_WEB_PING_URL', {
    help: 'What the check `web_gunicorn` asks. Without it `_internal_ping` at the same address.',
    default: undefined,
  }),
  databaseRevision: stringSetting('HEALTH_DB_REVISION', {
    help: "The revision that `/health/dbrevision` expects the database to have: what Quay's file `ALEMBIC_HEAD` begins with. Needed with `FEATURE_BILLING`.",
    default: undefined,
  }),
  debugSessionSeconds: integerSetting('HEALTH_DEBUG_SESSION_SECONDS', {
    help: 'How long `/health/enabledebug/<secret>` shows the debug information to a browser.',
    default: 3600,
    min: 60,
    max: 604_800,
  }),
  kubernetesHost: stringSetting('KUBERNETES_SERVICE_HOST', {
    help: 'Set by Kubernetes in every pod: the debug information names the provider of the configuration `k8s` in the place of `file`.',
    default: undefined,
  }),
  healthAdminTokens: bearerTokensSetting('HEALTH_ADMIN_TOKENS', {
    help: 'Bearer tokens that are shown the debug information without a session, separated by commas, 16 characters or more each. A secret.',
  }),
  healthAdminTokensFile: stringSetting('HEALTH_ADMIN_TOKENS_FILE', {
    help: 'A file that holds such tokens, one a line, in the place of HEALTH_ADMIN_TOKENS.',
    default: undefined,
  }),
};

export type HealthListenerSettings = SettingsOf<typeof healthSettings>;
