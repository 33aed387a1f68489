import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import express from 'express';
import { registryMetrics, type NamedPull } from '../src/index.ts';
import { counting, hangUpAfter, serve } from './served.ts';

const DIGEST = `sha256:${'0a'.repeat(32)}`;
const BLOB = `/v2/ns/repo/blobs/${DIGEST}`;
const TAGGED = '/v2/ns/repo/manifests/v1';
const REQUESTS = /^quay_request_duration_seconds_count/;
const PULLS = /^quay_registry_image_pulls/;
const PUSHES = /^quay_registry_image_pushes/;
const BYTES = /^quay_registry_image_pulled_estimated_bytes/;
const UNKNOWN = /^quay_gateway_unknown_blob_sizes.*v2/;

const timed = (method: string, route: string, status: number, count = 1): string =>
  `request_duration_seconds_count{method="${method}",route="${route}",status="${status}",namespace_name="other"} ${count}`;

test('plain node:http: what matches a rule is counted, 404 without a rule and 405 are not', async (t) => {
  const { options, samples, problems } = counting();
  const middleware = registryMetrics({ ...options, namespaceBuckets: new Map([['v2', 'registry']]) });
  const { url } = await serve(t, (request, response) => {
    middleware(request, response, () => {
      response.statusCode = request.method === 'PUT' ? 201 : 200;
      response.end('x');
    });
  });
  const ask = async (method: string, path: string, headers = {}): Promise<void> => {
    await (await fetch(url + path, { method, headers })).arrayBuffer();
  };
  for (const method of ['GET', 'HEAD', 'OPTIONS', 'POST']) await ask(method, TAGGED);
  await ask('PUT', TAGGED, { 'Content-Type': 'application/vnd.oci.image.manifest.v1+json; charset=x' });
  for (const path of ['/elsewhere', '/v2', '/v2/ns//repo/tags/list', '/api/v1/user/']) await ask('GET', path);
  const inRegistry = (line: string): string => line.replace('"other"', '"registry"');
  assert.deepEqual((await samples(REQUESTS)).sort(), [
    inRegistry(timed('GET', 'v2.fetch_manifest_by_tagname', 200)),
    inRegistry(timed('HEAD', 'v2.fetch_manifest_by_tagname', 200)),
    inRegistry(timed('OPTIONS', 'v2.fetch_manifest_by_tagname', 200)),
    inRegistry(timed('PUT', 'v2.write_manifest_by_tagname', 201)),
  ]);
  assert.deepEqual(await samples(PULLS), [
    'registry_image_pulls_total{protocol="v2",ref="tag",status="200"} 2',
  ]);
  assert.deepEqual(await samples(PUSHES), [
    'registry_image_pushes_total{protocol="v2",status="201",media_type="application/vnd.oci.image.manifest.v1+json"} 1',
  ]);
  assert.deepEqual(problems, []);
});

test('Express: once, however often it is mounted, also below a router; errors by the status they end with', async (t) => {
  const { options, samples } = counting(['v1', 'v2', 'api']);
  const app = express();
  app.use(registryMetrics(options));
  app.use(registryMetrics(options));
  const router = express.Router();
  router.use(registryMetrics(options));
  router.get('/user/', (_request, response) => {
    response.json({});
  });
  router.get('/repository/:namespace/:name', () => {
    throw Object.assign(new Error('gone'), { status: 410 });
  });
  app.use('/api/v1', router);
  const { url } = await serve(t, app);
  for (const path of ['/api/v1/user/', '/api/v1/repository/a/b', '/api/v1/nothing'])
    await (await fetch(url + path)).arrayBuffer();
  assert.deepEqual((await samples(REQUESTS)).sort(), [
    timed('GET', 'api.repository', 410),
    timed('GET', 'api.user', 200),
  ]);
});

test('a middleware that is mounted only below a router sees the whole path', async (t) => {
  const { options, samples } = counting();
  const app = express();
  app.use('/v2', registryMetrics(options), (_request, response) => {
    response.sendStatus(404);
  });
  const { url } = await serve(t, app);
  await (await fetch(url + TAGGED)).arrayBuffer();
  assert.deepEqual(await samples(REQUESTS), [timed('GET', 'v2.fetch_manifest_by_tagname', 404)]);
});

test('every way to write a head is read, and the answer is not changed', async (t) => {
  const heads: ((response: ServerResponse) => unknown)[] = [
    (response) => response.writeHead(200, { 'Content-Length': 100 }),
    (response) =>
      response.writeHead(206, 'Some', [
        'content-range',
        'bytes 0-9/100',
        'Set-Cookie',
        'a',
        'Set-Cookie',
        'b',
      ]),
    (response) =>
      response.writeHead(206, [
        ['CONTENT-RANGE', 'bytes 0-9/100'],
        ['Set-Cookie', 'a'],
        ['Set-Cookie', 'b'],
      ] as never),
    (response) => response.setHeader('Content-Length', '100').writeHead(200),
    (response) => response.setHeader('X-Other', 'y').writeHead(200, { 'content-length': '100' }),
    (response) => response.setHeader('Content-Length', '100'),
  ];
  const { options, samples } = counting();
  const middleware = registryMetrics(options);
  let next = 0;
  const { url } = await serve(t, (request, response) => {
    middleware(request, response, () => {
      heads[next]?.(response);
      next += 1;
      response.end(Buffer.alloc(response.statusCode === 206 ? 10 : 100));
    });
  });
  const cookies: (readonly string[])[] = [];
  while (next < heads.length) {
    const answer = await fetch(url + BLOB);
    cookies.push(answer.headers.getSetCookie());
    await answer.arrayBuffer();
  }
  assert.deepEqual(await samples(BYTES), [
    `registry_image_pulled_estimated_bytes_total{protocol="v2"} ${heads.length * 100}`,
  ]);
  assert.deepEqual(cookies, [[], ['a', 'b'], ['a', 'b'], [], [], []]);
});

test('a streamed blob without a length counts as what was sent; a broken one by its whole size', async (t) => {
  const { options, samples, problems } = counting();
  const asked: unknown[] = [];
  const middleware = registryMetrics({
    ...options,
    findBlobSize: (blob) => {
      asked.push(blob);
      return Promise.resolve(5000);
    },
  });
  let closed: Promise<unknown> = Promise.resolve();
  const { url, port } = await serve(t, (request, response) => {
    closed = once(response, 'close');
    middleware(request, response, () => {
      response.write('abc');
      response.write('00ff', 'hex');
      if (request.headers['x-endless'] === undefined) response.end(new Uint8Array(5));
    });
  });
  assert.equal((await (await fetch(url + BLOB)).arrayBuffer()).byteLength, 10);
  await closed;
  const bytes = (total: number): string[] => [
    `registry_image_pulled_estimated_bytes_total{protocol="v2"} ${total}`,
  ];
  assert.deepEqual(await samples(BYTES), bytes(10));
  await hangUpAfter(port, `GET ${BLOB} HTTP/1.1\r\nHost: x\r\nX-Endless: 1\r\n\r\n`, 'abc');
  await closed;
  await setImmediate();
  assert.deepEqual(await samples(BYTES), bytes(5010));
  assert.deepEqual(asked, [{ digest: DIGEST, repository: 'ns/repo' }]);
  assert.deepEqual(problems, []);
});

test('a redirect counts the size that the registry knows, else as unknown', async (t) => {
  for (const [findBlobSize, bytes, unknown] of [
    [() => 77, ['registry_image_pulled_estimated_bytes_total{protocol="v2"} 77'], 0],
    [() => undefined, [], 1],
    [undefined, [], 1],
  ] as const) {
    const { options, samples } = counting();
    const middleware = registryMetrics({
      ...options,
      ...(findBlobSize === undefined ? {} : { findBlobSize }),
    });
    const { url } = await serve(t, (request, response) => {
      middleware(request, response, () => response.writeHead(307, { Location: '/elsewhere' }).end());
    });
    await fetch(url + BLOB, { redirect: 'manual' });
    assert.deepEqual(await samples(BYTES), bytes);
    assert.deepEqual(await samples(UNKNOWN), [`gateway_unknown_blob_sizes_total{protocol="v2"} ${unknown}`]);
  }
});

test('a client that leaves before the head is not counted, one that leaves after it is', async (t) => {
  const { options, samples } = counting();
  const middleware = registryMetrics(options);
  const arrived = Promise.withResolvers<ServerResponse>();
  const { url, port } = await serve(t, (request, response) => {
    middleware(request, response, () => {
      if (request.headers['x-leaves'] === undefined)
        response.writeHead(200, { 'Content-Length': 50 }).write('abc');
      else arrived.resolve(response);
    });
  });
  const leaving = fetch(url + BLOB, { headers: { 'X-Leaves': '1' }, signal: AbortSignal.timeout(300) });
  await assert.rejects(leaving);
  const response = await arrived.promise;
  if (!response.closed) await once(response, 'close');
  assert.deepEqual(await samples(REQUESTS), []);
  await hangUpAfter(port, `GET ${BLOB} HTTP/1.1\r\nHost: x\r\n\r\n`, 'abc');
  assert.deepEqual(await samples(REQUESTS), [timed('GET', 'v2.download_blob', 200)]);
  assert.deepEqual(await samples(BYTES), ['registry_image_pulled_estimated_bytes_total{protocol="v2"} 50']);
});

test('one connection kept alive: each request is counted by itself', async (t) => {
  const { options, samples } = counting();
  const middleware = registryMetrics(options);
  const { port } = await serve(t, (request, response) => {
    middleware(request, response, () => response.writeHead(404).end());
  });
  const one = (path: string, more = ''): string => `GET ${path} HTTP/1.1\r\nHost: x\r\n${more}\r\n`;
  await hangUpAfter(
    port,
    one(TAGGED) + one(BLOB) + one(TAGGED, 'Connection: close\r\n'),
    'Connection: close',
  );
  assert.deepEqual((await samples(REQUESTS)).sort(), [
    timed('GET', 'v2.download_blob', 404),
    timed('GET', 'v2.fetch_manifest_by_tagname', 404, 2),
  ]);
});

test('successful pulls are told by name, and nothing that a hook does reaches the client', async (t) => {
  const { options, samples, problems } = counting();
  const pulls: NamedPull[] = [];
  const hooks = [
    (pull: NamedPull) => void pulls.push(pull),
    () => {
      throw new Error('thrown');
    },
    () => Promise.reject(new Error('rejected')),
  ];
  let turn = 0;
  const middleware = registryMetrics({
    ...options,
    trackPull: (pull) => hooks[turn]?.(pull),
    findBlobSize: () => {
      throw new Error('no size');
    },
  });
  const { url } = await serve(t, (request, response) => {
    middleware(request, response, () => {
      response.writeHead(request.url === BLOB ? 302 : 200, { 'Docker-Content-Digest': DIGEST }).end();
    });
  });
  const statuses: number[] = [];
  const ask = async (path: string, method = 'GET'): Promise<void> => {
    const answer = await fetch(url + path, { method, redirect: 'manual' });
    statuses.push(answer.status);
    await answer.arrayBuffer();
  };
  await ask(TAGGED);
  await ask('/v2/ubuntu/manifests/v1', 'HEAD');
  await ask(`/v2/ns/repo/manifests/${DIGEST}`);
  await ask(TAGGED, 'OPTIONS');
  assert.deepEqual(
    pulls.map(({ repository, tag, digest }) => [repository, tag, digest]),
    [
      ['ns/repo', 'v1', DIGEST],
      ['library/ubuntu', 'v1', DIGEST],
      ['ns/repo', undefined, DIGEST],
    ],
  );
  turn = 1;
  await ask(TAGGED);
  turn = 2;
  await ask(TAGGED);
  await ask(BLOB);
  assert.deepEqual(statuses, [200, 200, 200, 200, 200, 200, 302]);
  assert.deepEqual(problems, [
    'A pull could not be tracked. Error: thrown',
    'A pull could not be tracked. Error: rejected',
    'The size of a blob could not be found. Error: no size',
  ]);
  assert.deepEqual(await samples(UNKNOWN), ['gateway_unknown_blob_sizes_total{protocol="v2"} 1']);
});

test('metrics that fail do not fail the request', async (t) => {
  const { options, problems } = counting();
  const middleware = registryMetrics({
    ...options,
    metrics: {
      counter: () => ({ inc: () => undefined }),
      histogram: () => ({
        observe: () => {
          throw new Error('full');
        },
      }),
    },
  });
  const { url } = await serve(t, (request, response) => {
    middleware(request, response, () => response.end('fine'));
  });
  assert.equal(await (await fetch(url + TAGGED)).text(), 'fine');
  assert.deepEqual(problems, ['A request could not be counted. Error: full']);
});
