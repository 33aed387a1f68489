import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder, waitUntil, type RunningApp, type Server } from '@quay-observability/testkit';
import { runApp } from './run-app.ts';
import { scrape } from './samples.ts';

/** Two runtimes, and the Redis in which the replicas of the gateway keep their pins. */
export type Runtimes = { pythonUrl: string; goUrl: string; redis: Pick<Server, 'port'> };

/** The owner switches in a file, as an operator edits them. */
export type SwitchFile = {
  path: string;
  /** Publishes these owners under the next version, and waits until every app that is given follows. */
  publish(
    owners: Readonly<Record<string, string>>,
    options: { to: readonly RunningApp[]; canaries?: object; forcePython?: boolean },
  ): Promise<void>;
};

/** A file that gives everything to Python. */
export function createSwitchFile(): SwitchFile {
  const path = join(temporaryFolder('switches'), 'switches.json');
  let version = 0;
  const write = (content: object): void => {
    version += 1;
    const updatedAt = new Date().toISOString();
    // Replaced at once: a reader sees the old one or the new one.
    writeFileSync(`${path}.new`, JSON.stringify({ version, updated_at: updatedAt, ...content }));
    renameSync(`${path}.new`, path);
  };
  write({ owners: {} });
  return {
    path,
    publish: async (owners, { to, canaries, forcePython }) => {
      write({ owners, ...(canaries && { canaries }), ...(forcePython && { force_python: true }) });
      for (const app of to) await follows(app, version);
    },
  };
}

async function follows(app: RunningApp, version: number): Promise<void> {
  await waitUntil(`version ${version}`, async () => {
    const samples = await scrape(app.adminUrl, 'quay_switch_snapshot_version');
    return [...samples.values()][0] === version;
  });
}

/** The app as its own process in front of two runtimes. It follows the file, and knows Redis before it is returned. */
export async function runRoutingApp(
  { pythonUrl, goUrl, redis }: Runtimes,
  file: SwitchFile,
  env: Readonly<Record<string, string>> = {},
): Promise<RunningApp> {
  const app = await runApp(goUrl, {
    REGISTRY_PYTHON_UPSTREAM_URL: pythonUrl,
    USER_EVENTS_REDIS: JSON.stringify({ host: '127.0.0.1', port: redis.port }),
    SWITCH_SOURCE: 'file',
    SWITCH_FILE: file.path,
    SWITCH_POLL_MIN_SECONDS: '1',
    SWITCH_POLL_MAX_SECONDS: '1',
    SWITCH_STATE_DIR: temporaryFolder('state'),
    ...env,
  });
  await waitUntil('readiness', async () => {
    const answer = await fetch(`${app.adminUrl}/readyz?verbose`);
    return answer.ok && (await answer.text()).includes('[+]redis (USER_EVENTS_REDIS) ok');
  });
  return app;
}
