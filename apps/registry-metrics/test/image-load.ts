import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { Agent, request } from 'node:http';

const OCI = 'application/vnd.oci.image.manifest.v1+json';
const PULLS = 'quay_registry_image_pulls_total';

const ANSWER_TIMEOUT_MS = 20_000;

/** Pulls of one image over many connections, and the client's own count of them. */
export type ImageLoad = {
  /** By the series that ought to have counted it: answers that arrived whole, with the status expected. */
  readonly answered: ReadonlyMap<string, number>;
  /** Requests sent, whatever became of them. */
  sent(): number;
  answers(): number;
  /** What went wrong with the others. */
  readonly failures: readonly string[];
  /** Lets the requests under way end; connections stay open. */
  stop(): Promise<void>;
  close(): void;
};

/** An image of nothing but its configuration, straight into the registry; resolves to its digest. */
export async function pushEmptyImage(url: string, repository: string): Promise<string> {
  const config = randomBytes(100);
  const started = await fetch(`${url}/v2/${repository}/blobs/uploads/`, { method: 'POST' });
  const location = new URL(started.headers.get('location') ?? '');
  location.searchParams.set('digest', digestOf(config));
  assert.equal((await fetch(location, { method: 'PUT', body: config })).status, 201);
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: OCI,
      config: {
        mediaType: 'application/vnd.oci.image.config.v1+json',
        digest: digestOf(config),
        size: config.length,
      },
      layers: [],
    }),
  );
  const put = await fetch(`${url}/v2/${repository}/manifests/latest`, {
    method: 'PUT',
    body: manifest,
    headers: { 'Content-Type': OCI },
  });
  assert.equal(put.status, 201);
  return digestOf(manifest);
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Pulls over so many connections, one request after the other on each, until `limit` requests are sent or it is stopped. */
export function startImageLoad(options: {
  url: string;
  repository: string;
  digest: string;
  connections: number;
  limit?: number;
}): ImageLoad {
  const { url, repository, digest, connections, limit = Infinity } = options;
  const agent = new Agent({ keepAlive: true, maxSockets: connections, maxFreeSockets: connections });
  const kinds = [
    { name: 'latest', method: 'GET', status: 200, ref: 'tag' },
    { name: digest, method: 'GET', status: 200, ref: 'manifest' },
    { name: 'latest', method: 'HEAD', status: 200, ref: 'tag' },
    { name: 'absent', method: 'GET', status: 404, ref: 'tag' },
  ] as const;
  const answered = new Map<string, number>();
  const failures: string[] = [];
  let sent = 0;
  let answers = 0;
  let stopped = false;

  const pull = ({ name, method, status, ref }: (typeof kinds)[number]): Promise<void> =>
    new Promise((resolve) => {
      const failed = (why: string): void => {
        failures.push(`${method} ${name}: ${why}`);
        resolve();
      };
      const target = `${url}/v2/${repository}/manifests/${name}`;
      const call = request(target, { agent, method, headers: { Accept: OCI } }, (response) => {
        response
          .resume()
          .once('error', (error) => failed(error.message))
          .once('end', () => {
            if (response.statusCode !== status) return failed(String(response.statusCode));
            const series = `${PULLS}{protocol="v2",ref="${ref}",status="${status}"}`;
            answered.set(series, (answered.get(series) ?? 0) + 1);
            answers += 1;
            resolve();
          });
      });
      // A connection that was being handed to a worker when it was killed is answered by nobody.
      call.setTimeout(ANSWER_TIMEOUT_MS, () => call.destroy(new Error('no answer in time')));
      call.once('error', (error) => failed(error.message)).end();
    });
  const client = async (): Promise<void> => {
    while (!stopped && sent < limit) {
      sent += 1;
      await pull(kinds[sent % kinds.length]!);
    }
  };
  const clients = Promise.all(Array.from({ length: connections }, client));
  return {
    answered,
    sent: () => sent,
    answers: () => answers,
    failures,
    stop: async () => {
      stopped ||= limit === Infinity;
      await clients;
    },
    close: () => {
      stopped = true;
      agent.destroy();
    },
  };
}
