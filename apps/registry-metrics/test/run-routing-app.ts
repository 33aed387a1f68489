import {
  temporaryFolder,
  waitUntil,
  type RunningApp,
  type Server,
  type SwitchFile,
} from '@quay-observability/testkit';
import { runApp } from './run-app.ts';

export { createSwitchFile } from '@quay-observability/testkit';
export type { SwitchFile } from '@quay-observability/testkit';

/** Two runtimes, and the Redis in which the replicas of the gateway keep their pins. */
export type Runtimes = { pythonUrl: string; goUrl: string; redis: Pick<Server, 'port'> };

/** The app as its own process in front of two runtimes. It follows the file, and knows Redis before it is returned. */
export async function runRoutingApp(
  { pythonUrl, goUrl, redis }: Runtimes,
  file: SwitchFile,
  env: Readonly<Record<string, string>> = {},
): Promise<RunningApp> {
  const app = await runApp(goUrl, {
    REGISTRY_PYTHON_UPSTREAM_URL: pythonUrl,
    USER_EVENTS_REDIS: JSON.stringify({ host: '127.0.0.1', port: redis.port }),
    ...file.env,
    SWITCH_STATE_DIR: temporaryFolder('state'),
    ...env,
  });
  await waitUntil('readiness', async () => {
    const answer = await fetch(`${app.adminUrl}/readyz?verbose`);
    return answer.ok && (await answer.text()).includes('[+]redis (USER_EVENTS_REDIS) ok');
  });
  return app;
}
