import { join } from 'node:path';
import type { AppName } from '@quay-observability/metric-catalogue';

/** Where an app of the stack is and what is around it. */
export type AppSurroundings = {
  /** Of this app alone. */
  folder: string;
  port: number;
  adminPort: number;
  /** URLs of its further listeners, by name. */
  listeners: Readonly<Record<string, string>>;
  configFile: string;
  registryUrl: string;
  switchControllerUrl: string;
  /** For writes to the switch-controller. */
  switchToken: string;
  prometheusUrl: string;
  /** Of a Quay and of a Clair behind api-health, if there are any. */
  apiUrl: string | undefined;
  clairUrl: string | undefined;
};

/** The name under which the stack's own token appears as the author of changes. */
const TOKEN_NAME = 'local';

/**
 * The settings of one app of the stack. One registry stands behind both runtimes, as storage and database are
 * shared in production too; the registry protocols begin with owner go, so that the first pull is counted.
 */
export function appEnvironment(app: AppName, surroundings: AppSurroundings): Record<string, string> {
  const { folder, port, adminPort, configFile, registryUrl } = surroundings;
  const shared = {
    LISTEN_HOST: '127.0.0.1',
    LISTEN_PORT: String(port),
    ADMIN_HOST: '127.0.0.1',
    ADMIN_PORT: String(adminPort),
    SHUTDOWN_GRACE_SECONDS: '5',
    QUAYCONF: configFile,
    SWITCH_STATE_DIR: join(folder, 'state'),
  };
  if (app === 'switch-controller')
    return {
      ...shared,
      SWITCH_ADMIN_TOKENS: `${TOKEN_NAME}:${surroundings.switchToken}`,
      PROMETHEUS_URL: surroundings.prometheusUrl,
      // There is no other replica that could know better.
      SWITCH_SEED_DELAY_SECONDS: '0',
      ROUTE_OWNER_FAMILY_REGISTRY_V1: 'go',
      ROUTE_OWNER_FAMILY_REGISTRY_V2: 'go',
    };
  return {
    ...shared,
    SWITCH_SOURCE: 'controller',
    SWITCH_CONTROLLER_URL: surroundings.switchControllerUrl,
    ...(app === 'registry-metrics'
      ? { REGISTRY_UPSTREAM_URL: registryUrl, REGISTRY_PYTHON_UPSTREAM_URL: registryUrl }
      : {}),
    ...(app === 'api-health' ? partsOfApiHealth(surroundings) : {}),
  };
}

/** The health endpoints are always there; one Quay stands behind both runtimes, if any. */
function partsOfApiHealth({ listeners, apiUrl, clairUrl }: AppSurroundings): Record<string, string> {
  const portOf = (url: string | undefined): string => new URL(url ?? 'http://127.0.0.1:0').port;
  return {
    HEALTH_LISTEN_PORT: portOf(listeners.health),
    ...(apiUrl !== undefined && { API_UPSTREAM_URL: apiUrl, API_PYTHON_UPSTREAM_URL: apiUrl }),
    ...(clairUrl !== undefined && {
      SECSCAN_LISTEN_PORT: portOf(listeners.secscan),
      SECSCAN_UPSTREAM_URL: clairUrl,
    }),
  };
}
