import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  copyImage,
  nginxExample,
  startNginx,
  startRegistry,
  temporaryFolder,
  waitUntil,
  writeImageLayout,
  type NginxServer,
  type RunningApp,
  type Server,
} from '@quay-observability/testkit';
import { runApp } from './run-app.ts';

let registry: Server;
let app: RunningApp;
let nginx: NginxServer;

before(async () => {
  registry = await startRegistry();
  app = await runApp(registry.url);
  nginx = await startNginx({ config: nginxExample('registry-gateway.conf', { '127.0.0.1:8080': app.url }) });
  await waitUntil('readiness', async () => (await fetch(`${app.adminUrl}/readyz`)).ok);
});

after(async () => {
  await nginx.stop();
  await Promise.all([app.stop(), registry.stop()]);
});

/** Sends the head of a request at once, and its body as it is written. */
function begin(url: string, method: string, headers: Record<string, string> = {}) {
  const sending = request(url, { method, headers });
  sending.flushHeaders();
  const answered = new Promise<IncomingMessage>((resolve, reject) =>
    sending.once('response', resolve).once('error', reject),
  );
  return { sending, answered };
}

test('an image is pushed and pulled through the example, and is the same', async () => {
  const folder = temporaryFolder('image');
  // More than nginx takes by default, and than fits in its buffers.
  const image = writeImageLayout(join(folder, 'image'), 'v1', [randomBytes(5_000_000), 'small']);
  const reference = `docker://127.0.0.1:${nginx.port}/acme/nginx:v1`;
  await copyImage(image.reference, reference);
  await copyImage(reference, `oci:${join(folder, 'pulled')}:v1`);
  const pulled = readdirSync(join(folder, 'pulled/blobs/sha256'));
  for (const name of pulled) {
    const bytes = readFileSync(join(folder, 'pulled/blobs/sha256', name));
    assert.equal(createHash('sha256').update(bytes).digest('hex'), name);
  }
  assert.equal(pulled.length, readdirSync(join(folder, 'image/blobs/sha256')).length);
  assert.doesNotMatch(nginx.log(), /buffered to a temporary file/);
});

test('a chunk of a layer reaches the registry while the client is still sending it', async () => {
  const { answered } = begin(`${nginx.url}/v2/acme/streamed/blobs/uploads/`, 'POST', {
    'content-length': '0',
  });
  const { headers } = await answered;
  const location = String(headers.location);
  // What the registry built from Host, and the gateway handed on.
  assert.ok(location.startsWith(`${nginx.url}/v2/acme/streamed/blobs/uploads/`), location);

  const upload = begin(location, 'PATCH', { 'content-type': 'application/octet-stream' });
  const chunk = randomBytes(300_000);
  upload.sending.write(chunk);
  await waitUntil('the first half in the registry', () => bytesIn(join(registry.dir, 'storage')) >= 200_000);
  upload.sending.end(chunk);
  assert.equal((await upload.answered).statusCode, 202);
});

function bytesIn(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.includes('/_uploads/') && name.endsWith('/data'))
    .reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}
