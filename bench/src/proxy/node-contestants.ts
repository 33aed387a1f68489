import { join } from 'node:path';
import { freePort } from '@quay-observability/testkit';
import { startChild } from '../measure/start-child.ts';
import { asContestant } from './as-contestant.ts';
import type { Contestant, Place } from './contestants.ts';

const SOURCE = '--conditions=@quay-observability/source';
const MAIN = join(import.meta.dirname, '../../../apps/registry-metrics/src/main.ts');

/** `libs/gateway` with nothing to observe. */
export async function startGatewayAlone({ upstream, image, folder }: Place): Promise<Contestant> {
  const script = join(import.meta.dirname, 'gateway-alone.ts');
  const child = await startChild(
    {
      name: 'libs/gateway alone',
      command: process.execPath,
      args: (port) => [SOURCE, ...profilerArgs(), script, upstream.url, String(port)],
      readyPath: image.manifest.path,
    },
    folder,
  );
  return asContestant(child, undefined);
}

/** `registry-metrics` from source, one process, with its own defaults. */
export async function startRegistryMetrics({ upstream, image, folder }: Place): Promise<Contestant> {
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

/** `BENCH_PROFILE=<folder>` leaves a CPU profile of each Node proxy there. */
function profilerArgs(): string[] {
  const folder = process.env.BENCH_PROFILE;
  return folder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${folder}`];
}
