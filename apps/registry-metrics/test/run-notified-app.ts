import { freePort, waitUntil, type RunningApp, type Server } from '@quay-observability/testkit';
import { TOKEN } from './notifying-registry.ts';
import { runApp } from './run-app.ts';
import { scrape, type Samples } from './samples.ts';

/** The app as its own process, in front of nothing, and ready to take events. */
export type NotifiedApp = RunningApp & { notificationsUrl: string; samples(): Promise<Samples> };

export async function runNotifiedApp(
  options: { port?: number; redis?: Pick<Server, 'port'>; env?: Readonly<Record<string, string>> } = {},
): Promise<NotifiedApp> {
  const port = options.port ?? (await freePort());
  const redisPort = options.redis?.port ?? (await freePort());
  const app = await runApp(`http://127.0.0.1:${await freePort()}`, {
    NOTIFICATIONS_LISTEN_PORT: String(port),
    NOTIFICATIONS_TOKENS: `an-older-token-still-in-use,${TOKEN}`,
    USER_EVENTS_REDIS: JSON.stringify({ host: '127.0.0.1', port: redisPort }),
    ...options.env,
  });
  const notificationsUrl = `http://127.0.0.1:${port}/notifications`;
  await waitUntil('the listener for events', async () => (await fetch(notificationsUrl)).status === 405);
  return { ...app, notificationsUrl, samples: () => scrape(app.adminUrl) };
}

/** Posts a body as a registry does. */
export function post(
  url: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: {
      Authorization: `Bearer ${TOKEN}`,
      'Content-Type': 'application/vnd.docker.distribution.events.v1+json',
      ...headers,
    },
    body,
  });
}

/** Posts an envelope again and again until it is taken; gives the statuses of all answers. */
export async function deliver(url: string, events: readonly unknown[]): Promise<number[]> {
  const statuses: number[] = [];
  await waitUntil('an envelope to be taken', async () => {
    const response = await post(url, JSON.stringify({ events }));
    await response.arrayBuffer();
    statuses.push(response.status);
    return response.ok;
  });
  return statuses;
}

/** The sum of the samples of a name, over the apps, whose labels include these. */
export async function sum(apps: readonly NotifiedApp[], name: string, labels = ''): Promise<number> {
  const all = await Promise.all(apps.map((app) => app.samples()));
  return all
    .flatMap((samples) => [...samples])
    .filter(([key]) => (key === name || key.startsWith(`${name}{`)) && key.includes(labels))
    .reduce((total, [, value]) => total + value, 0);
}
