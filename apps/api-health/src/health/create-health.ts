import { hostname } from 'node:os';
import { redactText, type Logger } from '@quay-observability/logging';
import type { QuayConfig } from '@quay-observability/quay-config';
import {
  createBearerJudge,
  createPublicServer,
  readBearerTokens,
  type HttpListener,
  type HttpObserver,
} from '@quay-observability/service';
import { createDbRevision } from './db-revision.ts';
import { debugCookie, debugCookieValues } from './debug-cookie.ts';
import { createDebugSecret } from './debug-secret.ts';
import { createHealthChecks, runChecks, type BackendChecks } from './health-checks.ts';
import { readHealthChecker } from './health-checker.ts';
import { createHealthLog } from './health-log.ts';
import { createHealthRoutes } from './health-routes.ts';
import type { HealthListenerSettings } from './health-settings.ts';
import { createRecheck } from './recheck.ts';
import { leaveOutDatabase, shareRdsStatus, type RdsStatus } from './rds-aware.ts';
import { createServiceKeyIdReader } from './service-key-id.ts';
import type { SharedCheck, ShareOptions } from './shared-check.ts';
import { judge } from './verdict.ts';

export type HealthOptions = BackendChecks & {
  readonly config: QuayConfig;
  readonly settings: HealthListenerSettings;
  /** Of `HEALTH_CHECKER` with RDS, by its parameters. */
  readonly createRdsStatus: (parameters: Readonly<Record<string, unknown>>) => RdsStatus;
  readonly observer: HttpObserver;
  /** Told of every run of a check. */
  readonly onChecked?: ShareOptions['onChecked'];
  readonly log: Logger;
};

/** The listener of the health endpoints. */
export type Health = HttpListener & {
  /** Every check that a path runs; running one asks at most once at a time, and takes the result of just now. */
  readonly checks: readonly SharedCheck[];
  /** Another secret for the debug information; sessions of the one before end. Undefined: there is none. */
  readonly setDebugSecret: (secret: string | undefined) => void;
};

/** Every probe of an installation at once. With the longest head of a request each they hold 160 MiB. */
const MAX_CONNECTIONS = 128;
const RECHECK_MS = 10_000;
const SERVICE_KEY_ID_MS = 1000;
/** A secret of 1 MiB is a wrong one, which is a 404. */
const MAX_HEADER_BYTES = 1_310_720;
const LISTENER = {
  name: 'health',
  settings: { host: 'HEALTH_LISTEN_HOST', port: 'HEALTH_LISTEN_PORT' },
} as const;

/**
 * Builds the listener of the health endpoints (contract section 10); nothing is opened before `listen`.
 *
 * @throws ConfigError (`CONFIG_INVALID`) for a `HEALTH_CHECKER` that is none, or a file of tokens that cannot be read
 */
export function createHealth(options: HealthOptions): Health {
  const { config, settings, log } = options;
  const { health } = config;
  const checker = readHealthChecker(health.checker);
  const rdsStatus = checker.rds && shareRdsStatus(options.createRdsStatus(checker.rds));
  const timeoutMs = settings.healthCheckTimeoutSeconds * 1000;
  const checks = createHealthChecks({
    ...options,
    instanceSkips: checker.instanceSkips,
    share: {
      shareMs: settings.healthShareSeconds * 1000,
      timeoutMs,
      redact: redactText,
      ...(options.onChecked !== undefined && { onChecked: options.onChecked }),
    },
  });
  const isAdmin = createBearerJudge(
    readBearerTokens(settings.healthAdminTokens, {
      name: 'HEALTH_ADMIN_TOKENS_FILE',
      file: settings.healthAdminTokensFile,
    }),
  );
  const session = { lifetimeSeconds: settings.debugSessionSeconds };
  let debugSecret = createDebugSecret(health.debugSecret, session);
  const healthLog = createHealthLog(log);
  const serviceKeyId = createServiceKeyIdReader(health.serviceKeyIdFile, SERVICE_KEY_ID_MS);
  if (health.billing && settings.databaseRevision === undefined)
    log.warning('/health/dbrevision fails: FEATURE_BILLING is on and HEALTH_DB_REVISION is not set.');

  const routes = createHealthRoutes({
    verdict: async (page) => {
      const results = await runChecks(checks[page]);
      const isAsked = rdsStatus !== undefined && page !== 'endtoend';
      const verdict = judge(results, isAsked ? await leaveOutDatabase(results, rdsStatus) : {});
      healthLog.told(page, verdict);
      return verdict;
    },
    dbRevision: health.billing
      ? createDbRevision({ server: config.database.primary, expected: settings.databaseRevision, timeoutMs })
      : undefined,
    mayDebug: ({ authorization, cookie }) =>
      isAdmin(authorization) === 'known' || debugCookieValues(cookie).some(debugSecret.isSigned),
    debugInformation: async ({ expanded, notes }) => ({
      services_expanded: expanded,
      notes,
      is_testing: health.isTesting,
      config_provider: settings.kubernetesHost === undefined ? 'file' : 'k8s',
      local_service_key_id: (await serviceKeyId()) ?? null,
      hostname: hostname(),
    }),
    enableDebug: (secret, headers) => {
      if (!debugSecret.isSecret(secret)) return undefined;
      const secure =
        (health.preferredUrlScheme === 'https' && !health.forceNonsecureCookie) ||
        headers['x-forwarded-proto'] === 'https';
      return debugCookie(debugSecret.sign(), { ...session, secure });
    },
    onError: (page, error) => {
      log.error(`The health endpoint ${page} could not answer.`, { error });
    },
  });
  const server = createPublicServer({
    host: settings.healthHost,
    port: settings.healthPort,
    listener: LISTENER,
    maxConnections: MAX_CONNECTIONS,
    maxHeaderBytes: MAX_HEADER_BYTES,
    // Probes of load balancers come without it; gunicorn answers them.
    hostOptional: true,
    observer: options.observer,
    handlers: [routes],
    onError: (message, error) => {
      log.error(message, { error });
    },
  });
  const all = [...new Set([...checks.instance, ...checks.endtoend, ...checks.warning])];
  const recheck = createRecheck(all, RECHECK_MS);
  return {
    ...server,
    listen: async () => {
      await server.listen();
      recheck.start();
      log.info('The health endpoints are served.', { url: server.url() });
    },
    close: () => {
      recheck.close();
      return server.close();
    },
    checks: all,
    setDebugSecret: (secret) => {
      debugSecret = createDebugSecret(secret, session);
    },
  };
}
