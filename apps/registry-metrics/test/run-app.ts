import { join } from 'node:path';
import { freePort, launch, temporaryFolder, type RunningProcess } from '@quay-observability/testkit';

/** The app as its own process, run from source. */
export type RunningApp = { url: string; adminUrl: string; process: RunningProcess; stop(): Promise<void> };

export async function runApp(upstreamUrl: string, env: Record<string, string> = {}): Promise<RunningApp> {
  const [port, adminPort] = [await freePort(), await freePort()];
  const folder = temporaryFolder('registry-metrics');
  const adminUrl = `http://127.0.0.1:${adminPort}`;
  const running = await launch({
    name: 'registry-metrics',
    command: process.execPath,
    args: ['--conditions=@quay-observability/source', join(import.meta.dirname, '../src/main.ts')],
    cwd: folder,
    logFile: join(folder, 'log'),
    env: {
      PATH: process.env.PATH,
      REGISTRY_UPSTREAM_URL: upstreamUrl,
      LISTEN_PORT: String(port),
      ADMIN_PORT: String(adminPort),
      ...env,
    },
    ready: async () => (await fetch(`${adminUrl}/livez`)).ok,
  });
  return { url: `http://127.0.0.1:${port}`, adminUrl, process: running, stop: () => running.stop() };
}
