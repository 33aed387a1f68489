import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import {
  freePort,
  removeFolder,
  startApp,
  startPostgres,
  startPythonHealth,
  startRedis,
  temporaryFolder,
  type PostgresServer,
  type RunningApp,
  type Server,
} from '@quay-observability/testkit';

export const SECRET = 'open-sesame';
export const KEY_ID = 'a1b2c3';
export const REVISION = '5b8dc452f5c3';

/** What the checks ask, and the two runtimes that ask it. */
export type HealthStage = {
  readonly postgres: PostgresServer;
  readonly redis: Server;
  /** The status that Quay's processes answer their ping with. */
  pingStatus: number;
  /** How often the process for the registry was pinged. */
  readonly pings: number;
  readonly keyIdFile: string;
  /** Of the storage location: a folder that a check may make. */
  readonly storageFolder: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** Starts both runtimes with these keys beside those of the stage. */
  start(keys?: Readonly<Record<string, unknown>>): Promise<Runtimes>;
  /** Starts the new runtime alone. */
  startNew(
    keys?: Readonly<Record<string, unknown>>,
    env?: Readonly<Record<string, string>>,
  ): Promise<NewRuntime>;
  stop(): Promise<void>;
};

export type NewRuntime = { readonly url: string; readonly app: RunningApp; readonly configFile: string };
export type Runtimes = { readonly python: string; readonly next: string; stop(): Promise<void> };

const APP = join(import.meta.dirname, '../..');
/** A volume of its own: Quay refuses to keep blobs on the root file system. */
const STORAGE_VOLUME = '/dev/shm';

export async function startHealthStage(): Promise<HealthStage> {
  const [postgres, redis, ping] = await Promise.all([
    startPostgres({ schema: true }),
    startRedis(),
    startPing(),
  ]);
  await postgres.query('CREATE TABLE alembic_version (version_num varchar(32) NOT NULL)');
  await postgres.query('INSERT INTO alembic_version VALUES ($1)', [REVISION]);
  await insertServiceKey(postgres);
  const folder = temporaryFolder('health');
  const keyIdFile = join(folder, 'quay.kid');
  writeFileSync(keyIdFile, KEY_ID);
  const storageFolder = mkdtempSync(join(STORAGE_VOLUME, 'quay-observability-health-'));
  const config = {
    DB_URI: postgres.uri,
    BUILDLOGS_REDIS: { host: '127.0.0.1', port: redis.port },
    SETUP_COMPLETE: true,
    // The machine that runs the tests may be short of space.
    DISKSPACE_HEALTH_THRESHOLD: 0,
    DISKSPACE_HEALTH_WARNING_THRESHOLD: 0,
    INSTANCE_SERVICE_KEY_KID_LOCATION: keyIdFile,
    ENABLE_HEALTH_DEBUG_SECRET: SECRET,
    FEATURE_BILLING: true,
    ...storageOf('next'),
    DISTRIBUTED_STORAGE_PREFERENCE: ['default'],
  };
  function storageOf(runtime: 'python' | 'next') {
    const storage_path = join(storageFolder, 'registry', runtime);
    return { DISTRIBUTED_STORAGE_CONFIG: { default: ['LocalStorage', { storage_path }] } };
  }
  const startNew: HealthStage['startNew'] = async (keys = {}, env = {}) => {
    const port = await freePort();
    const configFile = join(temporaryFolder('config'), 'config.yaml');
    writeFileSync(configFile, JSON.stringify({ ...config, ...keys }));
    const app = await startApp(APP, {
      QUAYCONF: configFile,
      HEALTH_LISTEN_PORT: String(port),
      HEALTH_SHARE_SECONDS: '0',
      HEALTH_DB_REVISION: REVISION,
      HEALTH_REGISTRY_PING_URL: ping.registryUrl,
      HEALTH_WEB_PING_URL: ping.webUrl,
      ...env,
    });
    return { url: `http://127.0.0.1:${port}`, app, configFile };
  };
  return {
    postgres,
    redis,
    keyIdFile,
    storageFolder,
    config,
    get pingStatus() {
      return ping.status;
    },
    set pingStatus(status) {
      ping.status = status;
    },
    get pings() {
      return ping.count;
    },
    startNew,
    start: async (keys = {}) => {
      const [next, python] = await Promise.all([
        startNew(keys),
        startPythonHealth({
          config: { ...config, ...storageOf('python'), ...keys },
          registryPingUrl: ping.registryUrl,
          webPingUrl: ping.webUrl,
          databaseRevision: REVISION,
        }),
      ]);
      return {
        python: python.url,
        next: next.url,
        stop: async () => {
          await Promise.all([next.app.stop(), python.stop()]);
        },
      };
    },
    stop: async () => {
      ping.server.close();
      ping.server.closeAllConnections();
      for (const server of [postgres, redis]) if (server.exit() === undefined) server.signal('SIGCONT');
      await Promise.all([postgres.stop(), redis.stop()]);
      removeFolder(storageFolder);
    },
  };
}

async function insertServiceKey(postgres: PostgresServer): Promise<void> {
  await postgres.query(
    `INSERT INTO servicekeyapproval (id, approval_type, approved_date, notes) VALUES (1, 'automatic', now(), '')`,
  );
  await postgres.query(
    `INSERT INTO servicekey (id, name, kid, service, jwk, metadata, created_date, approval_id)
     VALUES (1, 'key', $1, 'quay', '{}', '{}', now(), 1)`,
    [KEY_ID],
  );
}

/** In the place of Quay's processes for the registry and for the rest. */
async function startPing(): Promise<{
  server: HttpServer;
  status: number;
  count: number;
  registryUrl: string;
  webUrl: string;
}> {
  const server = createServer((request, response) => {
    // The processes for the registry fare as they are told; those for the rest are well.
    const isRegistry = request.url === '/v1/_internal_ping';
    if (isRegistry) ping.count += 1;
    response.statusCode = isRegistry ? ping.status : 200;
    response.end('true');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ping = {
    server,
    status: 200,
    count: 0,
    registryUrl: `${base}/v1/_internal_ping`,
    webUrl: `${base}/_internal_ping`,
  };
  return ping;
}
