import { join } from 'node:path';
import {
  copyImage,
  freePort,
  queryPrometheus,
  startAlertmanager,
  startApp,
  startPostgres,
  startPrometheus,
  startPushgateway,
  startRedis,
  startRegistry,
  temporaryFolder,
  waitUntil,
  writeImageLayout,
  type RunningApp,
  type Server,
} from '@quay-observability/testkit';
import { ADMIN } from './clients.ts';
import { startWebhook, type Webhook } from './notifications.ts';
import { alertmanagerConfig, prometheusConfig, type ScrapeTarget } from './prometheus-config.ts';
import { createBrokenSwitchFile, createSwitchFile, type SwitchFile } from './switch-file.ts';

const APPS = join(import.meta.dirname, '../../../apps');

/** An image that both runtimes have. */
export const REPOSITORY = 'demo/hello';

/** Everything that the dashboard and the rules look at, as real processes. */
export type Stack = {
  redis: Server;
  prometheus: Server;
  alertmanager: Server;
  pushgateway: Server;
  webhook: Webhook;
  controller: RunningApp;
  /** Follows the controller. */
  gateway: RunningApp;
  /** Follows the controller; its programs have no work yet. */
  gcWorker: RunningApp;
  /** A gateway of its own, which follows a file, and whose Python is away. */
  fileGateway: RunningApp;
  gatewayFile: SwitchFile;
  stop: () => Promise<void>;
};

/** Starts it, and waits until everybody follows and is scraped. */
export async function startStack(): Promise<Stack> {
  const started: { stop(): Promise<void> | void }[] = [];
  const keep = async <T extends { stop(): Promise<void> | void }>(starting: Promise<T>): Promise<T> => {
    const running = await starting;
    started.push(running);
    return running;
  };
  const stop = async (): Promise<void> => {
    await Promise.all(started.map(async (each) => each.stop()));
  };
  try {
    const webhook = await startWebhook();
    started.push({ stop: () => webhook.close() });
    const [redis, postgres, registry, pushgateway, alertmanager] = await Promise.all([
      keep(startRedis()),
      keep(startPostgres({ schema: true })),
      keep(startRegistry()),
      keep(startPushgateway()),
      keep(startAlertmanager({ configYaml: alertmanagerConfig(webhook.url) })),
    ]);
    const image = writeImageLayout(temporaryFolder('image'), 'latest', ['hello']);
    await copyImage(image.reference, `docker://127.0.0.1:${registry.port}/${REPOSITORY}:latest`);

    const start = (app: string, env: Record<string, string>): Promise<RunningApp> =>
      keep(
        startApp(join(APPS, app), {
          DB_URI: postgres.uri,
          USER_EVENTS_REDIS: JSON.stringify({ host: '127.0.0.1', port: redis.port }),
          SWITCH_POLL_MIN_SECONDS: '1',
          SWITCH_POLL_MAX_SECONDS: '2',
          SWITCH_STATE_DIR: temporaryFolder('state'),
          ...env,
        }),
      );
    const runtimes = { REGISTRY_UPSTREAM_URL: registry.url, REGISTRY_PYTHON_UPSTREAM_URL: registry.url };
    const controller = await start('switch-controller', {
      SWITCH_ADMIN_TOKENS: `${ADMIN.name}:${ADMIN.token}`,
      SWITCH_SEED_DELAY_SECONDS: '0',
    });
    const followsController = { SWITCH_SOURCE: 'controller', SWITCH_CONTROLLER_URL: controller.url };
    const gatewayFile = createSwitchFile(3, {
      ROUTE_OWNER_CAP_V2_PULL: 'go',
      // Misspelt: nobody knows it.
      ROUTE_OWNER_CAP_V2_BLOB: 'rust',
    });
    // Not the controller's owner: somebody runs it on their own account, twice.
    const workerFile = createSwitchFile(3, { WORKER_OWNER_GLOBALPROMSTATS: 'go' });
    const followsFile = (path: string) => ({ SWITCH_SOURCE: 'file', SWITCH_FILE: path });
    const [gateway, gcWorker, fileGateway, ...others] = await Promise.all([
      start('registry-metrics', { ...runtimes, ...followsController }),
      start('gc-worker', followsController),
      start('registry-metrics', {
        ...runtimes,
        // Nobody listens there.
        REGISTRY_PYTHON_UPSTREAM_URL: `http://127.0.0.1:${await freePort()}`,
        ...followsFile(gatewayFile.path),
      }),
      start('globalstats-worker', followsFile(workerFile.path)),
      start('globalstats-worker', followsFile(workerFile.path)),
      start('pullmetrics-worker', followsFile(createBrokenSwitchFile())),
    ]);
    const targets: ScrapeTarget[] = [
      { processName: 'switch-controller', adminUrl: controller.adminUrl },
      { processName: 'registry-metrics', adminUrl: gateway.adminUrl },
      { processName: 'registry-metrics', adminUrl: fileGateway.adminUrl },
      { processName: 'gc-worker', adminUrl: gcWorker.adminUrl },
      { processName: 'globalstats-worker', adminUrl: others[0].adminUrl },
      { processName: 'globalstats-worker', adminUrl: others[1].adminUrl },
      { processName: 'pullmetrics-worker', adminUrl: others[2].adminUrl },
    ];
    const prometheus = await keep(
      startPrometheus({
        configYaml: prometheusConfig({
          targets,
          pushgatewayUrl: pushgateway.url,
          alertmanagerUrl: alertmanager.url,
        }),
      }),
    );
    for (const app of [gateway, gcWorker, fileGateway]) await hasSnapshot(app);
    // What happens before the first scrape is no increase of anything.
    const scraped = 'count(up{job="quay"} == 1)';
    await waitUntil(
      'a scrape of every app',
      async () => (await queryPrometheus(prometheus.url, scraped))[0]?.value === targets.length,
    );
    const servers = { redis, prometheus, alertmanager, pushgateway, webhook };
    return { ...servers, controller, gateway, gcWorker, fileGateway, gatewayFile, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function hasSnapshot({ adminUrl }: RunningApp): Promise<void> {
  await waitUntil('a snapshot of the owner switches', async () =>
    /^quay_switch_snapshot_version\{[^}]*\} [1-9]/m.test(await (await fetch(`${adminUrl}/metrics`)).text()),
  );
}
