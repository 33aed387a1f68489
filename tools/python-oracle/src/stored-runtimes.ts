import { EVERY_APP, type AppName } from '@quay-observability/metric-catalogue';
import {
  startPrometheus,
  startPushgateway,
  waitUntil,
  type PythonEnvironmentName,
} from '@quay-observability/testkit';
import { serveExpositions, type Expose } from './exposition-server.ts';
import { metricsAfter } from './new-runtime.ts';
import { createPrometheusReader } from './prometheus-api.ts';
import { pushFromPython } from './python-runtime.ts';
import { onlyQuays, type RuntimeView } from './runtime-view.ts';
import { prometheusConfig } from './scrape-config.ts';
import { WORKLOAD } from './workload.ts';

/** The prometheus_client releases that the new runtime is compared with. */
export const PYTHON_CLIENTS = ['quay', 'newest'] as const satisfies readonly PythonEnvironmentName[];

/** Apps that take over metrics of Python, and so have something to compare. */
export const COMPARED_APPS: readonly AppName[] = EVERY_APP.filter((app) => WORKLOAD[app].length > 0);

/** An app of the new runtime whose exposition went wrong on purpose, scraped beside the right one. */
export type Alteration = {
  name: string;
  app: AppName;
  /** Whether the operator opted in to OpenMetrics. */
  openMetrics?: boolean;
  alter: (exposition: string) => string;
};

/** Both runtimes as one real Prometheus stored them. */
export type StoredRuntimes = {
  python(client: PythonEnvironmentName, app: AppName): Promise<RuntimeView>;
  /** An app of the new runtime, or an alteration by its name. */
  ours(target: string): Promise<RuntimeView>;
  stop(): Promise<void>;
};

/**
 * Sends the workload of every app the real way: Python processes push to a real Pushgateway (one per
 * prometheus_client), the new runtime is scraped, and one real Prometheus stores both.
 */
export async function storeRuntimes(alterations: readonly Alteration[] = []): Promise<StoredRuntimes> {
  const cleanUps: (() => void | Promise<void>)[] = [];
  const stop = async () => {
    for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  };
  try {
    const gateways = await Promise.all(
      PYTHON_CLIENTS.map(async (pythonClient) => {
        const gateway = await startPushgateway();
        cleanUps.push(() => gateway.stop());
        for (const app of COMPARED_APPS) await pushFromPython(pythonClient, gateway.url, app, WORKLOAD[app]);
        return { job: gatewayJob(pythonClient), address: new URL(gateway.url).host, pythonClient };
      }),
    );
    const expositions = expositionsOf(alterations);
    const server = await serveExpositions(expositions);
    cleanUps.push(() => server.close());
    const targets = [...expositions.keys()].map((job) => ({
      job,
      address: server.address,
      path: `/${job}/metrics`,
    }));
    const prometheus = await startPrometheus({ configYaml: prometheusConfig(gateways, targets) });
    cleanUps.push(() => prometheus.stop());
    const reader = createPrometheusReader(prometheus.url);
    await waitUntil('the first scrape of every target', () => reader.everyTargetIsUp());
    return {
      python: async (client, app) =>
        onlyQuays(
          await reader.view(
            gatewayJob(client),
            `{job="quay",python_client="${client}",process_name="${app}"}`,
          ),
        ),
      ours: (target) => reader.view(target, `{job="${target}"}`),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function expositionsOf(alterations: readonly Alteration[]): Map<string, Expose> {
  const expositions = new Map<string, Expose>();
  for (const app of COMPARED_APPS) {
    const metrics = metricsAfter(app, WORKLOAD[app]);
    expositions.set(app, (accept) => metrics.exposition(accept));
  }
  for (const { name, app, alter, openMetrics = false } of alterations) {
    const metrics = metricsAfter(app, WORKLOAD[app], { openMetrics });
    expositions.set(name, async (accept) => {
      const { contentType, body } = await metrics.exposition(accept);
      return { contentType, body: alter(body.toString()) };
    });
  }
  return expositions;
}

function gatewayJob(client: PythonEnvironmentName): string {
  return `pushgateway-${client}`;
}
