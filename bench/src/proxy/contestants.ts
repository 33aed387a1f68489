import { join } from 'node:path';
import { freePort } from '@quay-observability/testkit';
import { startChild, type Child } from '../measure/start-child.ts';
import type { Image } from './images.ts';
import { startNginxProxy } from './nginx.ts';

/** A way from the client to the upstream. */
export type Contestant = {
  name: string;
  url: string;
  /** Process whose CPU time counts; undefined where nothing stands between. */
  pid: number | undefined;
  /** Where it tells its metrics, if it has any. */
  metricsUrl: string | undefined;
  stop: () => Promise<void>;
};

const SOURCE = '--conditions=@quay-observability/source';
const MAIN = join(import.meta.dirname, '../../../apps/registry-metrics/src/main.ts');

/** Starts all ways to the upstream. */
export async function startContestants(upstream: Child, image: Image, folder: string): Promise<Contestant[]> {
  const direct = { name: 'direct', url: upstream.url, pid: undefined, metricsUrl: undefined };
  const nginx = await startNginxProxy(upstream.port, image, folder);
  return [
    { ...direct, stop: () => Promise.resolve() },
    asContestant(nginx, undefined),
    asContestant(await startGatewayAlone(upstream, image, folder), undefined),
    await startRegistryMetrics(upstream, image, folder),
  ];
}

function startGatewayAlone(upstream: Child, image: Image, folder: string): Promise<Child> {
  const script = join(import.meta.dirname, 'gateway-alone.ts');
  return startChild(
    {
      name: 'libs/gateway alone',
      command: process.execPath,
      args: (port) => [SOURCE, ...profilerArgs(), script, upstream.url, String(port)],
      readyPath: image.manifest.path,
    },
    folder,
  );
}

/** `registry-metrics` from source, one process, with its own defaults. */
async function startRegistryMetrics(upstream: Child, image: Image, folder: string): Promise<Contestant> {
  const adminPort = await freePort();
  const child = await startChild(
    {
      name: 'registry-metrics',
      command: process.execPath,
      args: () => [SOURCE, ...profilerArgs(), MAIN],
      env: (port) => ({
        REGISTRY_UPSTREAM_URL: upstream.url,
        LISTEN_HOST: '127.0.0.1',
        LISTEN_PORT: String(port),
        ADMIN_HOST: '127.0.0.1',
        ADMIN_PORT: String(adminPort),
      }),
      readyPath: image.manifest.path,
    },
    folder,
  );
  return asContestant(child, `http://127.0.0.1:${adminPort}/metrics`);
}

/** `BENCH_PROFILE=<folder>` leaves a CPU profile of registry-metrics there. */
function profilerArgs(): string[] {
  const folder = process.env.BENCH_PROFILE;
  return folder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${folder}`];
}

function asContestant(child: Child, metricsUrl: string | undefined): Contestant {
  const { name, url, process: running } = child;
  return { name, url, pid: running.pid, metricsUrl, stop: () => running.stop() };
}
