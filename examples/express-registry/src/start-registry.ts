import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMetrics } from '@quay-observability/metrics';
import { registryLabelValues, type NamedPull } from '@quay-observability/registry-middleware';
import express from 'express';
import { createBlobStore } from './blob-store.ts';
import { createApp } from './create-app.ts';
import { createManifestStore } from './manifest-store.ts';

export type RegistryOptions = {
  /** 0 picks a free one. */
  port: number;
  /** Of `/metrics` and `/livez`, apart from the clients; 0 picks a free one. */
  adminPort: number;
  trackPull?: (pull: NamedPull) => void;
  onProblem: (message: string, error: unknown) => void;
};

export type RunningRegistry = { url: string; adminUrl: string; stop: () => Promise<void> };

/** Starts the registry on this machine only; what it stores is gone when it stops. */
export async function startRegistry({
  port,
  adminPort,
  ...hooks
}: RegistryOptions): Promise<RunningRegistry> {
  // Route names and buckets are the only values that the labels may take: clients cannot make up others.
  const metrics = createMetrics({ app: 'registry-metrics', known: registryLabelValues(new Map()) });
  const folder = await mkdtemp(join(tmpdir(), 'express-registry-'));
  const blobs = await createBlobStore(folder);
  const app = createApp({ metrics, blobs, manifests: createManifestStore(), ...hooks });
  const admin = express();
  admin.get('/metrics', async (request, response) => {
    const { contentType, body } = await metrics.exposition(request.get('accept'));
    response.setHeader('Content-Type', contentType);
    response.end(body);
  });
  admin.get('/livez', (_request, response) => {
    response.type('text').send('ok\n');
  });
  const servers = [await listen(app, port), await listen(admin, adminPort)] as const;
  return {
    url: urlOf(servers[0]),
    adminUrl: urlOf(servers[1]),
    stop: async () => {
      await Promise.all(servers.map(close));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function listen(handler: RequestListener, port: number): Promise<Server> {
  const server = createServer(handler).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function urlOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function close(server: Server): Promise<void> {
  server.close();
  server.closeIdleConnections();
  await once(server, 'close');
}
