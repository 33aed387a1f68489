import { createServer, request as send } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

/** One request as it passed, with what the answer told of its size. */
export type Recorded = {
  method: string;
  path: string;
  status: number;
  contentType: string;
  answerLength: number;
  /** `Docker-Content-Digest` of the answer. */
  digest: string | undefined;
};

/**
 * A plain proxy that writes down what passes: the count of a client's requests that owes nothing to the
 * gateway's own code.
 */
export async function recordRequests(
  target: string,
): Promise<{ host: string; recorded: Recorded[]; close(): Promise<void> }> {
  const recorded: Recorded[] = [];
  const server = createServer((incoming, outgoing) => {
    const { method = '', url = '', headers } = incoming;
    const forwarded = send(new URL(url, target), { method, headers }, (answer) => {
      const status = answer.statusCode ?? 0;
      const answerLength = Number(answer.headers['content-length'] ?? 0);
      const digest = answer.headers['docker-content-digest'];
      recorded.push({
        method,
        path: url.split('?')[0] ?? '',
        status,
        contentType: headers['content-type'] ?? '',
        answerLength,
        digest: typeof digest === 'string' ? digest : undefined,
      });
      outgoing.writeHead(status, answer.rawHeaders);
      answer.pipe(outgoing);
    });
    incoming.pipe(forwarded);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    recorded,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
