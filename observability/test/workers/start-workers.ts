import assert from 'node:assert/strict';
import { join } from 'node:path';
import { startLiveProcess, type LiveProcess } from '@quay-observability/python-oracle';
import {
  queryPrometheus,
  startApp,
  startPostgres,
  startPrometheus,
  startPushgateway,
  startRedis,
  temporaryFolder,
  waitUntil,
  type RunningApp,
  type Server,
} from '@quay-observability/testkit';
import { ADMIN, controllerClient } from '../stack/clients.ts';
import { startAilingWorkers, type AilingWorkers } from './ailing-workers.ts';
import { scrapeWorkers } from './scrape-workers.ts';
import { createWorkToDo, PULLS_DB, type WorkToDo } from './work-to-do.ts';

const APPS = join(import.meta.dirname, '../../../apps');
const WORKERS = ['gc-worker', 'pullmetrics-worker', 'globalstats-worker'] as const;
const PROGRAMS = [
  'GLOBALPROMSTATS',
  'PULLSTATSREDISFLUSHWORKER',
  'GCWORKER',
  'REPOSITORYGCWORKER',
  'NAMESPACEGCWORKER',
];

/**
 * Two installations that one Prometheus watches. In `moved` the three worker apps have just taken over, and Python goes on
 * beside them, which is wrong; `ailing` is told by its metrics alone.
 */
export type Workers = {
  prometheus: Server;
  toDo: WorkToDo;
  pythonCollector: LiveProcess;
  pythonCounter: LiveProcess;
  ailing: AilingWorkers;
  /** Gives every program to the new runtime. */
  move(): Promise<void>;
  stop(): Promise<void>;
};

/** Starts them, and waits until all is scraped; everything belongs to Python. */
export async function startWorkers(): Promise<Workers> {
  const started: { stop(): Promise<void> }[] = [];
  const keep = async <T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> => {
    const running = await starting;
    started.push(running);
    return running;
  };
  const stop = async (): Promise<void> => {
    // Clients before their servers.
    for (const each of started.toReversed()) await each.stop();
  };
  try {
    const [redis, postgres, pushgateway] = await Promise.all([
      keep(startRedis()),
      keep(startPostgres({ schema: true })),
      keep(startPushgateway()),
    ]);
    const storagePath = temporaryFolder('blobs');
    const toDo = await keep(createWorkToDo(postgres, redis.port, storagePath));
    const address = { host: '127.0.0.1', port: redis.port };
    const start = (app: string, env: Record<string, string>): Promise<RunningApp> =>
      keep(startApp(join(APPS, app), { USER_EVENTS_REDIS: JSON.stringify(address), ...env }));
    const controller = await start('switch-controller', {
      SWITCH_ADMIN_TOKENS: `${ADMIN.name}:${ADMIN.token}`,
      SWITCH_SEED_DELAY_SECONDS: '0',
    });
    const options = { pushgatewayUrl: pushgateway.url };
    const [apps, pythonCollector, pythonCounter, ailing] = await Promise.all([
      Promise.all(
        WORKERS.map((app) =>
          start(app, {
            DB_URI: postgres.uri,
            PULL_METRICS_REDIS: JSON.stringify({ ...address, db: PULLS_DB }),
            FEATURE_IMAGE_PULL_STATS: 'true',
            REDIS_FLUSH_INTERVAL_SECONDS: '1',
            GARBAGE_COLLECTION_FREQUENCY: '1',
            GLOBAL_PROMETHEUS_STATS_FREQUENCY: '1',
            DISTRIBUTED_STORAGE_CONFIG: JSON.stringify({
              local_us: ['LocalStorage', { storage_path: storagePath }],
            }),
            SWITCH_SOURCE: 'controller',
            SWITCH_CONTROLLER_URL: controller.url,
            SWITCH_POLL_MIN_SECONDS: '1',
            SWITCH_POLL_MAX_SECONDS: '1',
          }),
        ),
      ),
      keep(startLiveProcess('gc-worker', options)),
      keep(startLiveProcess('globalstats-worker', options)),
      keep(startAilingWorkers()),
    ]);
    const targets = [
      ...WORKERS.map((processName, index) => ({ processName, url: apps[index]?.adminUrl ?? '' })),
      { processName: 'switch-controller', url: controller.adminUrl },
    ].map((target) => ({ ...target, cluster: 'moved' }));
    const others = ailing.targets.map((target) => ({ ...target, cluster: 'ailing' }));
    const prometheus = await keep(
      startPrometheus({
        configYaml: scrapeWorkers([...targets, ...others], { cluster: 'moved', url: pushgateway.url }),
      }),
    );
    // What happens before the first scrape is no increase of anything.
    await waitUntil(
      'a scrape of every app',
      async () =>
        (await queryPrometheus(prometheus.url, 'count(up{job="quay"} == 1)'))[0]?.value ===
        targets.length + others.length,
    );
    const move = async (): Promise<void> => {
      const owners = Object.fromEntries(PROGRAMS.map((program) => [`WORKER_OWNER_${program}`, 'go']));
      assert.equal(await controllerClient(controller.url).patch({ owners }), 200);
    };
    return { prometheus, toDo, pythonCollector, pythonCounter, ailing, move, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
