import assert from 'node:assert/strict';
import { createServer, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, afterEach, test } from 'node:test';
import { createDatabase, type Database } from '@quay-observability/database';
import { startPostgres, waitUntil, type PostgresServer } from '@quay-observability/testkit';
import { runRegistryGateway, type RunningRegistryGateway } from './run-registry-gateway.ts';

const digest = (text: string): string => `sha256:${text.repeat(64).slice(0, 64)}`;
const IN_DATABASE = digest('a');
const AT_UPSTREAM = digest('b');
const NOWHERE = digest('c');
const CHUNKED = digest('d');

let postgres: PostgresServer;
let database: Database;
let gateway: RunningRegistryGateway;
let asked: IncomingMessage[] = [];

// A registry that sends clients to its storage, as Quay on S3 does.
const upstream = createServer((request, response) => {
  asked.push(request);
  const path = request.url ?? '';
  if (request.method === 'HEAD') {
    const known = path.includes(AT_UPSTREAM) && request.headers.authorization === 'Bearer token';
    response.writeHead(known ? 200 : 404, known ? { 'Content-Length': '222' } : {}).end();
  } else if (path.includes(CHUNKED)) {
    response.write('part of ');
    if (path.includes('broken')) setTimeout(() => response.destroy(), 50);
    else response.end('the whole');
  } else if (path.includes('/layer')) {
    if (path.includes('moved')) response.writeHead(302, { Location: 'https://storage.test/layer' }).end();
    else response.end('a layer of v1');
  } else {
    response
      .writeHead(307, { Location: 'https://storage.test/blob?signature=1', 'Content-Length': '0' })
      .end();
  }
});

before(async () => {
  postgres = await startPostgres({ schema: true });
  await postgres.query(
    `INSERT INTO imagestorage (uuid, image_size, uploading, cas_path, content_checksum) VALUES ('1', 5000000000, false, true, $1)`,
    [IN_DATABASE],
  );
  database = createDatabase({ primary: { uri: postgres.uri, connectionArgs: {} }, applicationName: 'test' });
  upstream.listen(0, '127.0.0.1');
  await once(upstream, 'listening');
});

after(async () => {
  await database.close();
  await postgres.stop();
  upstream.close();
  upstream.closeAllConnections();
});

beforeEach(async () => {
  asked = [];
  gateway = await runRegistryGateway(`http://127.0.0.1:${(upstream.address() as AddressInfo).port}`, {
    database,
  });
});

afterEach(() => gateway.close());

async function download(path: string): Promise<number> {
  const response = await fetch(`${gateway.url}${path}`, {
    redirect: 'manual',
    headers: { authorization: 'Bearer token' },
  });
  await response.arrayBuffer();
  return response.status;
}

async function sample(key: string): Promise<number> {
  return (await gateway.samples()).get(key) ?? 0;
}

const BYTES = 'quay_registry_image_pulled_estimated_bytes_total{protocol="v2"}';
const UNKNOWN = 'quay_gateway_unknown_blob_sizes_total{protocol="v2"}';

test('the size of a redirected blob comes from the database, once, and from the cache from then on', async () => {
  assert.equal(await download(`/v2/a/blobs/${IN_DATABASE}`), 307);
  await waitUntil('the count', async () => (await sample(BYTES)) === 5_000_000_000);
  assert.equal(await download(`/v2/b/blobs/${IN_DATABASE}`), 307);
  await waitUntil('the count', async () => (await sample(BYTES)) === 10_000_000_000);
  assert.deepEqual(
    asked.map(({ method }) => method),
    ['GET', 'GET'],
  );
  assert.equal(await sample('quay_cache_misses_total{cache="blob_size"}'), 1);
  assert.equal(await sample('quay_cache_hits_total{cache="blob_size"}'), 1);
  assert.equal(await sample('quay_cache_lookup_duration_seconds_count{cache="blob_size"}'), 2);
});

test('what the database does not know, the upstream is asked for once, in the name of the client', async () => {
  for (const total of [222, 444]) {
    await download(`/v2/a/blobs/${AT_UPSTREAM}`);
    await waitUntil('the count', async () => (await sample(BYTES)) === total);
  }
  assert.deepEqual(
    asked.map(({ method }) => method),
    ['GET', 'HEAD', 'GET'],
  );
  // The gateway's own question is no request of a client.
  assert.equal(
    await sample(
      'quay_request_duration_seconds_count{method="HEAD",route="v2.check_blob_exists",status="200",namespace_name="other"}',
    ),
    0,
  );
});

test('a size that nobody knows is counted as such', async () => {
  await download(`/v2/a/blobs/${NOWHERE}`);
  await waitUntil('the count', async () => (await sample(UNKNOWN)) === 1);
  assert.equal(await sample(BYTES), 0);
});

test('a HEAD of a client tells a size for later', async () => {
  const response = await fetch(`${gateway.url}/v2/a/blobs/${AT_UPSTREAM}`, {
    method: 'HEAD',
    headers: { authorization: 'Bearer token' },
  });
  assert.equal(response.headers.get('content-length'), '222');
  await download(`/v2/a/blobs/${AT_UPSTREAM}`);
  await waitUntil('the count', async () => (await sample(BYTES)) === 222);
  assert.deepEqual(
    asked.map(({ method }) => method),
    ['HEAD', 'GET'],
  );
});

test('an answer without a length counts what was sent, if it was sent whole', async () => {
  await download(`/v2/a/blobs/${CHUNKED}`);
  await waitUntil('the count', async () => (await sample(BYTES)) === 'part of the whole'.length);
  await assert.rejects(download(`/v2/broken/blobs/${CHUNKED}`));
  await waitUntil('the count', async () => (await sample(BYTES)) === 2 * 'part of the whole'.length);
});

test('a layer of v1 counts its length; where it is redirected its size is unknown', async () => {
  await download('/v1/images/abc/layer');
  await waitUntil(
    'the count',
    async () => (await sample(BYTES.replace('v2', 'v1'))) === 'a layer of v1'.length,
  );
  await download('/v1/images/moved/layer');
  assert.equal(await sample(UNKNOWN.replace('v2', 'v1')), 1);
});

test('every one of many cold blobs at once is counted', async () => {
  const digests = Array.from(
    { length: 500 },
    (_, index) => AT_UPSTREAM + index.toString(16).padStart(3, '0'),
  );
  await Promise.all(digests.map((cold) => download(`/v2/a/blobs/${cold}`)));
  await waitUntil('the count', async () => (await sample(BYTES)) + (await sample(UNKNOWN)) >= 222 * 500);
  assert.equal(await sample(BYTES), 222 * 500);
  assert.equal(await sample(UNKNOWN), 0);
});

test('without its database the upstream is asked', async () => {
  await postgres.kill();
  try {
    await download(`/v2/a/blobs/${AT_UPSTREAM}`);
    await waitUntil('the count', async () => (await sample(BYTES)) === 222);
  } finally {
    await postgres.restart();
  }
});
