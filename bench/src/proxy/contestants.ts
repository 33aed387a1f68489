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

const MAIN = join(import.meta.dirname, '../../../apps/registry-metrics/src/main.ts');

/** Starts all ways to the upstream. */
export async function startContestants(upstream: Child, image: Image, folder: string): Promise<Contestant[]> {
  const direct = { name: 'direct', url: upstream.url, pid: undefined, metricsUrl: undefined };
  const nginx = await startNginxProxy(upstream.port, image, folder);
  return [
    { ...direct, stop: () => Promise.resolve() },
    asContestant(nginx, undefined),
    await startRegistryMetrics(upstream, image, folder),
  ];
}

/** `registry-metrics` from source, one process, with its own defaults. */
async function startRegistryMetrics(upstream: Child, image: Image, folder: string): Promise<Contestant> {
  const adminPort = await freePort();
  const child = await startChild(
    {
      name: 'registry-metrics',
      command: process.execPath,
      args: () => ['--conditions=@quay-observability/source', ...profilerArgs(), MAIN],
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
