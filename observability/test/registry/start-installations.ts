import { join } from 'node:path';
import { startLiveProcess, type LiveProcess } from '@quay-observability/python-oracle';
import {
  copyImage,
  startApp,
  startPrometheus,
  startPushgateway,
  startPythonRegistry,
  startRedis,
  startRegistry,
  temporaryFolder,
  waitUntil,
  writeImageLayout,
  type RunningApp,
  type Server,
} from '@quay-observability/testkit';
import { createSwitchFile, type SwitchFile } from '../stack/switch-file.ts';
import { startAilingRegistry } from './ailing-registry.ts';
import { scrapeConfig } from './scrape-config.ts';

const GATEWAY = join(import.meta.dirname, '../../../apps/registry-metrics');

/** An image that both runtimes have. */
export const REPOSITORY = 'acme/app';

/** Three installations of Quay that one Prometheus watches; the label `cluster` tells them apart. */
export type Installations = {
  prometheus: Server;
  image: ReturnType<typeof writeImageLayout>;
  /** `well`: a gateway before both runtimes, which share a registry. Python has two workers that push. */
  gateway: RunningApp;
  switches: SwitchFile;
  /** Further processes of Python there: one that pushes, and one that is scraped. */
  pushing: LiveProcess;
  scraped: LiveProcess;
  /** One that pushes once and ends. */
  dying: LiveProcess;
  /** `ailing`: a registry that fails, and processes of Python that say no runtime and have all ended. */
  ailingGateway: RunningApp;
  /** `twice`: a gateway before Python that is not told of it, and counts as well. */
  countsTwice: RunningApp;
  stop(): Promise<void>;
};

/** Starts them, and waits until all is scraped. */
export async function startInstallations(): Promise<Installations> {
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
    const [redis, registry, pushgateway, ailingPushgateway] = await Promise.all([
      keep(startRedis()),
      keep(startRegistry()),
      keep(startPushgateway()),
      keep(startPushgateway()),
    ]);
    const image = writeImageLayout(temporaryFolder('image'), 'latest', ['hello']);
    await copyImage(image.reference, `docker://127.0.0.1:${registry.port}/${REPOSITORY}:latest`);
    const startPython = (options: object): Promise<Server> =>
      keep(startPythonRegistry({ upstreamUrl: registry.url, ...options }));
    const [python, pythonTwice, ailing, pushing, scraped, dying] = await Promise.all([
      startPython({ pushgatewayUrl: pushgateway.url, workers: 2 }),
      startPython({}),
      keep(startAilingRegistry(registry.url)),
      keep(startLiveProcess('registry-metrics', { pushgatewayUrl: pushgateway.url })),
      keep(startLiveProcess('registry-metrics')),
      startLiveProcess('registry-metrics', { pushgatewayUrl: pushgateway.url }),
    ]);
    const switches = createSwitchFile(1, {});
    const ailingSwitches = createSwitchFile(1, {
      ROUTE_OWNER_FAMILY_REGISTRY_V2: 'go',
      ROUTE_OWNER_CAP_V2_PUSH: 'python',
    });
    const startGateway = (env: Record<string, string>): Promise<RunningApp> =>
      keep(startApp(GATEWAY, { SWITCH_POLL_MIN_SECONDS: '1', SWITCH_POLL_MAX_SECONDS: '1', ...env }));
    const [gateway, ailingGateway, countsTwice] = await Promise.all([
      startGateway({
        REGISTRY_UPSTREAM_URL: registry.url,
        REGISTRY_PYTHON_UPSTREAM_URL: python.url,
        USER_EVENTS_REDIS: JSON.stringify({ host: '127.0.0.1', port: redis.port }),
        TRACKED_NAMESPACES: '["v2"]',
        // A connection that is kept stays with one worker of Python; both are to be asked.
        UPSTREAM_KEEP_ALIVE_SECONDS: '0.1',
        SWITCH_SOURCE: 'file',
        SWITCH_FILE: switches.path,
      }),
      startGateway({
        REGISTRY_UPSTREAM_URL: ailing.url,
        REGISTRY_PYTHON_UPSTREAM_URL: ailing.url,
        SWITCH_SOURCE: 'file',
        SWITCH_FILE: ailingSwitches.path,
      }),
      startGateway({ REGISTRY_UPSTREAM_URL: pythonTwice.url, METRICS_MAX_SERIES: '1' }),
    ]);
    const last = await startLiveProcess('registry-metrics', { pushgatewayUrl: ailingPushgateway.url });
    const labels = { method: 'GET', route: 'v2.download_blob', status: '200', namespace_name: 'other' };
    await last.doSteps([{ metric: 'quay_request_duration_seconds', action: 'observe', labels, value: 1 }]);
    await last.stop();
    const prometheus = await keep(
      startPrometheus({
        configYaml: scrapeConfig({
          gateways: [
            { cluster: 'well', url: gateway.adminUrl },
            { cluster: 'ailing', url: ailingGateway.adminUrl },
            { cluster: 'twice', url: countsTwice.adminUrl },
          ],
          pushgateways: [{ cluster: 'well', url: pushgateway.url }],
          pythonProcesses: [
            { cluster: 'well', url: scraped.url ?? '' },
            { cluster: 'twice', url: pythonTwice.url },
          ],
          unlabelledPushgateways: [{ cluster: 'ailing', url: ailingPushgateway.url }],
        }),
      }),
    );
    for (const app of [gateway, ailingGateway]) await follows(app, 1);
    // Its admin listener is open before this one.
    for (const app of [gateway, ailingGateway, countsTwice])
      await waitUntil('the gateway to serve', async () => (await fetch(`${app.url}/v2/`)).ok);
    return {
      prometheus,
      image,
      gateway,
      switches,
      pushing,
      scraped,
      dying,
      ailingGateway,
      countsTwice,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Waits until the app has this version of the owner switches. */
export async function follows({ adminUrl }: RunningApp, version: number): Promise<void> {
  await waitUntil(`version ${version}`, async () =>
    new RegExp(`^quay_switch_snapshot_version\\{[^}]*\\} ${version}$`, 'm').test(
      await (await fetch(`${adminUrl}/metrics`)).text(),
    ),
  );
}
