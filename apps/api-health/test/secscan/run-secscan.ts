import { connect } from 'node:net';
import { join } from 'node:path';
import { freePort, startApp, waitUntil, type RunningApp } from '@quay-observability/testkit';
import { parseSamples, type Samples } from './samples.ts';

/** The app as its own process, in the place of Clair. */
export type RunningSecscan = RunningApp & {
  /** Where Quay's `SECURITY_SCANNER_V4_ENDPOINT` points. */
  secscanUrl: string;
  samples(): Promise<Samples>;
};

export type SecscanSurroundings = {
  clairUrl: string;
  /** The switch of the capability `SECSCAN`; `go` unless told. */
  owner?: 'go' | 'python';
  postgres?: { uri: string };
  redis?: { port: number };
  env?: Readonly<Record<string, string>>;
};

/** Runs it until it listens, and knows its Redis if there is one. */
export async function runSecscan(options: SecscanSurroundings): Promise<RunningSecscan> {
  const { clairUrl, owner = 'go', postgres, redis, env } = options;
  const port = await freePort();
  const nowhere = await freePort();
  const redisSetting = JSON.stringify({ host: '127.0.0.1', port: redis?.port ?? nowhere });
  const app = await startApp(join(import.meta.dirname, '../..'), {
    SECSCAN_LISTEN_PORT: String(port),
    SECSCAN_UPSTREAM_URL: clairUrl,
    ROUTE_OWNER_CAP_SECSCAN: owner,
    BUILDLOGS_REDIS: redisSetting,
    USER_EVENTS_REDIS: redisSetting,
    ...(postgres && { DB_URI: postgres.uri }),
    ...env,
  });
  await waitUntil('the listener', () => accepts(port));
  if (redis !== undefined)
    await waitUntil('Redis', async () => {
      const answer = await fetch(`${app.adminUrl}/readyz?verbose`);
      return (await answer.text()).includes('[+]redis (USER_EVENTS_REDIS) ok');
    });
  return {
    ...app,
    secscanUrl: `http://127.0.0.1:${port}`,
    samples: async () => parseSamples(await (await fetch(`${app.adminUrl}/metrics`)).text(), 'quay_secscan_'),
  };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}
