import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Answers one scrape, given its Accept header. */
export type Expose = (accept: string | undefined) => Promise<{ contentType: string; body: Buffer | string }>;

/** Serves several expositions on one free port of 127.0.0.1, each under `/<name>/metrics`. */
export async function serveExpositions(expositions: ReadonlyMap<string, Expose>) {
  const server = createServer((request, response) => {
    const expose = expositions.get((request.url ?? '').split('/')[1] ?? '');
    if (expose === undefined) {
      response.writeHead(404).end();
      return;
    }
    expose(request.headers.accept).then(
      ({ contentType, body }) => response.writeHead(200, { 'content-type': contentType }).end(body),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close(): void {
      server.close();
      server.closeAllConnections();
    },
  };
}
