import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  copyImage,
  freePort,
  insertRepositories,
  queryPrometheus,
  startApp,
  startPostgres,
  startPrometheus,
  startRedis,
  startRegistry,
  temporaryFolder,
  waitUntil,
  writeImageLayout,
  type RunningApp,
  type Server,
} from '@quay-observability/testkit';
import { scrapeConfig } from '../registry/scrape-config.ts';

const APP = join(import.meta.dirname, '../../../apps/registry-metrics');

/** Processes of `well`. */
export const WORKERS = 2;
/** Quay's database has the first one only. */
export const REPOSITORY = 'acme/app';
export const UNKNOWN_REPOSITORY = 'acme/unknown';
export const TOKEN = 'token-of-the-registries';

/** A registry-metrics that tracks pulls, takes events and follows a file. */
export type Gateway = RunningApp & { notificationsUrl: string; configFile: string };

/** `well` has several processes; the Redis of `ailing` can be made to hang. */
export type Gateways = {
  prometheus: Server;
  well: Gateway;
  ailing: Gateway;
  ailingRedis: Server;
  stop(): Promise<void>;
};

/** Starts them, and waits until both are scraped. */
export async function startGateways(): Promise<Gateways> {
  const started: { stop(): Promise<void> }[] = [];
  const keep = async <T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> => {
    const running = await starting;
    started.push(running);
    return running;
  };
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((each) => each.stop()));
  };
  try {
    const [redis, ailingRedis, postgres, registry] = await Promise.all([
      keep(startRedis()),
      keep(startRedis()),
      keep(startPostgres({ schema: true })),
      keep(startRegistry()),
    ]);
    await insertRepositories(postgres, [REPOSITORY]);
    const image = writeImageLayout(temporaryFolder('image'), 'latest', ['hello']);
    for (const repository of [REPOSITORY, UNKNOWN_REPOSITORY])
      await copyImage(image.reference, `docker://127.0.0.1:${registry.port}/${repository}:latest`);

    const start = async (ownRedis: Server, workers: number): Promise<Gateway> => {
      const folder = temporaryFolder('config');
      const configFile = join(folder, 'config.yaml');
      writeFileSync(configFile, 'TRACKED_NAMESPACES: [acme]\n');
      const notificationsPort = await freePort();
      const address = { host: '127.0.0.1', port: ownRedis.port };
      const app = await keep(
        startApp(APP, {
          REGISTRY_UPSTREAM_URL: registry.url,
          DB_URI: postgres.uri,
          FEATURE_IMAGE_PULL_STATS: 'true',
          // Long enough for a queue behind a Redis that hangs.
          PULL_METRICS_REDIS: JSON.stringify({ ...address, db: 1, socket_timeout: 15 }),
          USER_EVENTS_REDIS: JSON.stringify(address),
          NOTIFICATIONS_LISTEN_PORT: String(notificationsPort),
          NOTIFICATIONS_TOKENS: TOKEN,
          HTTP_WORKERS: String(workers),
          QUAYCONF: folder,
          CONFIG_RELOAD_SECONDS: '0.2',
        }),
      );
      await isReady(app);
      return { ...app, notificationsUrl: `http://127.0.0.1:${notificationsPort}/notifications`, configFile };
    };
    const [well, ailing] = await Promise.all([start(redis, WORKERS), start(ailingRedis, 1)]);
    const gateways = [
      { cluster: 'well', url: well.adminUrl },
      { cluster: 'ailing', url: ailing.adminUrl },
    ];
    const none = { pushgateways: [], pythonProcesses: [], unlabelledPushgateways: [] };
    const prometheus = await keep(
      startPrometheus({ configYaml: scrapeConfig({ gateways, ...none }, 'gateway.yml') }),
    );
    // What happens before the first scrape is no increase of anything.
    const scraped = 'count(quay_pull_tracking_queue_length)';
    await waitUntil(
      'a scrape of both',
      async () => (await queryPrometheus(prometheus.url, scraped))[0]?.value === gateways.length,
    );
    return { prometheus, well, ailing, ailingRedis, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Waits until everything that the app depends on is there, all of its processes included. */
export async function isReady({ adminUrl }: RunningApp): Promise<void> {
  await waitUntil(
    'the app to be ready',
    async () => {
      const answer = await fetch(`${adminUrl}/readyz?verbose`);
      return answer.ok && !(await answer.text()).includes('[-]');
    },
    { timeoutMs: 60_000 },
  );
}
