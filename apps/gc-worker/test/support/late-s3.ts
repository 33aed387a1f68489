import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createStorage, type BlobStorage } from '@quay-observability/storage';

/** A server of S3 that removes without ever saying so, and when it is told to. */
export type LateS3 = {
  readonly storage: BlobStorage;
  /** Keys of which a removal has come in. */
  readonly asked: ReadonlySet<string>;
  stop(): Promise<void>;
};

/** `limitMs` is how long the storage waits for an answer. */
export async function startLateS3(limitMs: number): Promise<LateS3> {
  const asked = new Set<string>();
  const server = createServer((request, response) => {
    // A bucket that is looked for is there.
    if (request.method === 'HEAD') response.end();
    else asked.add(request.url ?? '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const parameters = {
    ...{ hostname: '127.0.0.1', port, is_secure: false, bucket_name: 'quay', storage_path: '/registry' },
    ...{ access_key: 'key', secret_key: 'secret' },
  };
  const { locations } = createStorage(
    {
      locations: new Map([['local_eu', { engine: 'RadosGWStorage', parameters }]]),
      preference: [],
      defaultLocations: [],
    },
    { timeoutMs: limitMs },
  );
  const storage = locations.get('local_eu');
  if (storage?.supported !== true) throw new Error('the location is not supported');
  return {
    storage,
    asked,
    stop: async () => {
      await storage.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
