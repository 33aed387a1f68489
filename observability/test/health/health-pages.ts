import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Listening = { host: string; stop(): Promise<void> };

/** Health pages as nginx shows them to monitoring: Python's is well, the new runtime's is not. */
export function startHealthPages(): Promise<Listening> {
  return listen((request, response) => {
    const isWell = request.url === '/_monitor/python/health/instance';
    response.writeHead(isWell ? 200 : 503, { 'Content-Type': 'application/json' });
    response.end(
      JSON.stringify({ data: { services: { database: isWell } }, status_code: isWell ? 200 : 503 }),
    );
  });
}

/**
 * A prober that speaks the Blackbox exporter's `/probe?target=<URL>&module=http_2xx`: asks the target, and exposes
 * whether it answered with 2xx.
 */
export function startProber(): Promise<Listening> {
  return listen((request, response) => {
    const { searchParams, pathname } = new URL(request.url ?? '', 'http://prober');
    if (pathname !== '/probe' || searchParams.get('module') !== 'http_2xx') {
      response.writeHead(400).end();
      return;
    }
    const probe = async (): Promise<boolean> => (await fetch(searchParams.get('target') ?? '')).ok;
    void probe()
      .catch(() => false)
      .then((success) => {
        response.setHeader('Content-Type', 'text/plain; version=0.0.4');
        response.end(`# TYPE probe_success gauge\nprobe_success ${success ? 1 : 0}\n`);
      });
  });
}

async function listen(handle: RequestListener): Promise<Listening> {
  const server = createServer(handle);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
