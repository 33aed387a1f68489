import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What an Alertmanager tells a webhook about one alert. */
export type Notification = {
  status: 'firing' | 'resolved';
  labels: Record<string, string>;
  annotations: Record<string, string>;
};

/** A webhook of an Alertmanager. */
export type Webhook = { url: string; received: readonly Notification[]; close(): void };

/** Listens for the notifications of an Alertmanager. */
export async function startWebhook(): Promise<Webhook> {
  const received: Notification[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      received.push(...(JSON.parse(body) as { alerts: Notification[] }).alerts);
      response.end();
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, received, close: () => server.close() };
}
