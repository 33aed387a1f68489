import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { AppName } from '@quay-observability/metric-catalogue';
import { describeExit, freePort, launch, type RunningProcess } from '@quay-observability/testkit';
import { appEnvironment, type AppSurroundings } from './app-environment.ts';
import { harmlessEnvironment } from './harmless-environment.ts';

const WORKSPACE = join(import.meta.dirname, '../../..');

/** Apps with a listener for clients; the others have the admin listener only. */
const PUBLIC: readonly AppName[] = ['switch-controller', 'registry-metrics'];

/** An app of the stack. */
export type StackApp = {
  name: AppName;
  /** Public URL; null for an app that has no public listener. */
  url: string | null;
  /** URLs of further listeners, by name. */
  listeners: Readonly<Record<string, string>>;
  admin: string;
  adminPort: number;
  /** Undefined until it was started, and if it never came up. */
  process: RunningProcess | undefined;
  /** Why it never came up. */
  failure: string | undefined;
};

/** What is not of the stack, and stands behind api-health if there is one. */
export type Behind = { apiUrl: string | undefined; clairUrl: string | undefined };

/** Gives an app its ports and starts nothing. */
export async function planApp(
  name: AppName,
  { apiUrl, clairUrl }: Behind,
): Promise<StackApp & { port: number }> {
  const [port, adminPort] = await Promise.all([freePort(), freePort()]);
  const isApi = name === 'api-health';
  const isPublic = PUBLIC.includes(name) || (isApi && apiUrl !== undefined);
  return {
    name,
    port,
    adminPort,
    url: isPublic ? `http://127.0.0.1:${port}` : null,
    listeners: {
      ...(isApi && { health: `http://127.0.0.1:${await freePort()}` }),
      ...(isApi && clairUrl !== undefined && { secscan: `http://127.0.0.1:${await freePort()}` }),
    },
    admin: `http://127.0.0.1:${adminPort}`,
    process: undefined,
    failure: undefined,
  };
}

/** Runs a planned app from source, until its admin listener answers; a failure is kept in the app. */
export async function startApp(
  app: StackApp & { port: number },
  surroundings: Omit<AppSurroundings, 'port' | 'adminPort' | 'listeners'>,
): Promise<void> {
  const folder = join(surroundings.folder, app.name);
  mkdirSync(folder, { recursive: true });
  try {
    app.process = await launch({
      name: app.name,
      command: process.execPath,
      args: ['--conditions=@quay-observability/source', 'src/main.ts'],
      cwd: join(WORKSPACE, 'apps', app.name),
      logFile: logFileOf(surroundings.folder, app.name),
      env: {
        ...harmlessEnvironment(process.env),
        ...appEnvironment(app.name, { ...surroundings, ...app, folder }),
      },
      ready: async () => {
        const response = await fetch(`${app.admin}/livez`, { signal: AbortSignal.timeout(2000) });
        await response.arrayBuffer();
        return response.ok;
      },
      readyTimeoutMs: 60_000,
    });
  } catch (error) {
    app.failure = error instanceof Error ? error.message : String(error);
  }
}

/** Where an app's output goes. */
export function logFileOf(folder: string, app: AppName): string {
  return join(folder, app, `${app}.log`);
}

/** `ready`, `not ready: <why>` or `down (code 1)`. */
export async function stateOf(app: StackApp): Promise<string> {
  if (app.process === undefined) return app.failure === undefined ? 'starting' : 'down (did not start)';
  const exit = app.process.exit();
  if (exit !== undefined) return `down (${describeExit(exit)})`;
  try {
    const response = await fetch(`${app.admin}/readyz`, { signal: AbortSignal.timeout(3000) });
    const text = await response.text();
    if (response.ok) return 'ready';
    const fault = text.split('\n').find((line) => line.startsWith('[-]'));
    return `not ready: ${fault?.slice(3) ?? response.status}`;
  } catch {
    return 'not answering';
  }
}
