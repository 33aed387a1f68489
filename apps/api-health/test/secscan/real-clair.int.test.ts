import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import {
  startPostgres,
  startRealClair,
  startRedis,
  startTestClair,
  tarArchive,
  waitUntil,
  type PostgresServer,
} from '@quay-observability/testkit';
import { digestOf, insertImages, type Image } from './images.ts';
import { runPythonClient, type PythonStep } from './python-client.ts';
import { runSecscan } from './run-secscan.ts';
import { callsOf, histogramOf, layersOf, resultsOf } from './samples.ts';

/** The program of github.com/quay/clair/v4/cmd/clair: minutes to compile, so not for every run. */
const PROGRAM = process.env.CLAIR_PROGRAM;
const PSK = Buffer.from('the key that Quay and Clair have in common').toString('base64');
const NOTIFICATION = '269886f3-0146-4f08-9bf7-cb1138d48643';
const OS_RELEASE =
  'ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n';

/** Images whose layers real bytes are served for. */
async function serveImages(count: number) {
  const layers = new Map<string, Buffer>();
  const images: Image[] = [];
  for (let index = 0; index < count; index += 1) {
    const made = ['etc/os-release', 'etc/motd'].map((path) => {
      const bytes = gzipSync(tarArchive({ [path]: `${OS_RELEASE}# ${index} ${path}\n` }));
      const digest = `sha256:${hash('sha256', bytes)}`;
      layers.set(digest, bytes);
      return { digest, bytes: bytes.length };
    });
    images.push({ manifest: digestOf(`real ${index}`), layers: made, pushedAtMs: Date.now() - 1_000_000 });
  }
  const server = createServer((request, response) => {
    const bytes = layers.get((request.url ?? '').slice(1));
    response.writeHead(bytes === undefined ? 404 : 200, { 'Content-Type': 'application/gzip' }).end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    images,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => server.close(),
  };
}

const clairsOwn = ({ port }: PostgresServer) => ({ port, user: 'quay', password: 'quay', name: 'clair' });

test(
  'a real Clair indexes for Quay through the gateway as it does without',
  { timeout: 180_000, skip: PROGRAM === undefined && 'CLAIR_PROGRAM names no program' },
  async () => {
    const postgres = await startPostgres({ schema: true });
    await postgres.query('CREATE DATABASE clair');
    const clair = await startRealClair({ program: PROGRAM ?? '', database: clairsOwn(postgres), psk: PSK });
    const pretender = await startTestClair({ psk: PSK, initialized: false });
    const redis = await startRedis();
    const blobs = await serveImages(6);
    const app = await runSecscan({ clairUrl: clair.url, postgres, redis });
    const ask = (endpoint: string, images: readonly Image[], psk = PSK) => {
      const [first] = images;
      assert.ok(first);
      const steps: PythonStep[] = [
        { do: 'state' },
        { do: 'report', id: first.manifest },
        ...images.map(({ manifest, layers }) => ({
          do: 'index' as const,
          manifest,
          layers: layers.map((layer) => ({ ...layer, uri: `${blobs.url}/${layer.digest}` })),
        })),
        { do: 'index', manifest: 'nonsense', layers: first.layers },
        { do: 'report', id: first.manifest },
        { do: 'vulnerabilities', id: first.manifest },
        { do: 'vulnerabilities', id: 'nonsense' },
        { do: 'notification', id: NOTIFICATION },
        { do: 'delete_notification', id: NOTIFICATION },
        { do: 'delete_report', id: first.manifest },
      ];
      return runPythonClient({ endpoint, psk, database: postgres.uri, steps });
    };
    try {
      await insertImages(postgres, blobs.images);
      const direct = await ask(clair.url, blobs.images.slice(0, 3));
      const through = await ask(app.secscanUrl, blobs.images.slice(3));
      assert.deepEqual(through.outcomes, direct.outcomes);
      assert.deepEqual(direct.outcomes.slice(0, 6), [
        200,
        404,
        ...Array<string>(3).fill('IndexFinished'),
        400,
      ]);
      assert.deepEqual(callsOf(through.samples), callsOf(direct.samples));
      await waitUntil('the results', async () => resultsOf(await app.samples()).observed === 3);
      const samples = await app.samples();
      assert.deepEqual(callsOf(samples), callsOf(through.samples));
      const sizes = 'quay_secscan_index_layer_size_bytes';
      assert.deepEqual(histogramOf(samples, sizes), histogramOf(through.samples, sizes));
      assert.deepEqual(layersOf(samples), { found: 8 });
      // The server that other tests take for Clair answers alike.
      assert.deepEqual(
        (await ask(pretender.url, blobs.images)).outcomes.slice(-8),
        direct.outcomes.slice(-8),
      );
      const wrong = Buffer.from('a key that nobody else has, and no good').toString('base64');
      const refused = await runPythonClient({
        endpoint: app.secscanUrl,
        psk: wrong,
        database: null,
        steps: [{ do: 'state' }],
      });
      assert.deepEqual(refused.outcomes, [401]);
    } finally {
      await app.stop();
      blobs.close();
      await pretender.close();
      await clair.stop();
      await Promise.all([redis.stop(), postgres.stop()]);
    }
  },
);
