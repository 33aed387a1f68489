import { join } from 'node:path';
import { startApp, temporaryFolder, waitUntil, type RunningApp } from '@quay-observability/testkit';

/** The app as its own process; `env` names the upstreams. Returned once it is ready. */
export async function runApiApp(env: Readonly<Record<string, string>>): Promise<RunningApp> {
  const app = await startApp(join(import.meta.dirname, '..'), {
    SWITCH_STATE_DIR: temporaryFolder('state'),
    ...env,
  });
  await waitUntil('readiness', async () => (await fetch(`${app.adminUrl}/readyz`)).ok);
  return app;
}
