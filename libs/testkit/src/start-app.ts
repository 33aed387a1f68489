import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { launch, type RunningProcess } from './server-process.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** An app as its own process, run from source. */
export type RunningApp = {
  /** Base URL of the public listener, for apps that have one. */
  url: string;
  adminUrl: string;
  process: RunningProcess;
  stop(): Promise<void>;
};

/**
 * Starts the app in `folder` (`apps/<name>`) with these variables and no others of this process but
 * PATH, and waits until it is live.
 */
export async function startApp(
  folder: string,
  env: Readonly<Record<string, string>> = {},
): Promise<RunningApp> {
  const [port, adminPort] = [await freePort(), await freePort()];
  const workingFolder = temporaryFolder('app');
  const adminUrl = `http://127.0.0.1:${adminPort}`;
  const running = await launch({
    name: folder,
    command: process.execPath,
    args: ['--conditions=@quay-observability/source', join(folder, 'src/main.ts')],
    cwd: workingFolder,
    logFile: join(workingFolder, 'log'),
    env: {
      PATH: process.env.PATH,
      LISTEN_PORT: String(port),
      ADMIN_PORT: String(adminPort),
      // Not the default, which would be taken by another test.
      HEALTH_LISTEN_PORT: '0',
      // Not the default, which every process of this machine shares.
      SWITCH_STATE_DIR: join(workingFolder, 'state'),
      ...env,
    },
    ready: async () => (await fetch(`${adminUrl}/livez`)).ok,
  });
  return { url: `http://127.0.0.1:${port}`, adminUrl, process: running, stop: () => running.stop() };
}
