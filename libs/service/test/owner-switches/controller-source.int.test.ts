import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { afterEach, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { freePort, waitUntil } from '@quay-observability/testkit';
import { createControllerSource } from '../../src/owner-switches/controller-source.ts';
import type { AgedAnswer, PollRequest, SwitchSource } from '../../src/owner-switches/owner-switches.ts';
import { jsonAnswer, startOddController, type Answer, type OddController } from './odd-controller.ts';
import { PULLS_TO_GO, snapshotJson } from './snapshots.ts';

let controller: OddController | undefined;
afterEach(async () => {
  await controller?.close();
  controller = undefined;
});

async function sourceOf(answer: Answer) {
  controller = await startOddController(answer);
  return { controller, source: createControllerSource(controller.url, 'gc-worker') };
}

function pollWithAge(source: SwitchSource<AgedAnswer>, request: Partial<PollRequest> = {}) {
  const { signal } = new AbortController();
  const inForce = { version: 4, phase: 'fresh', ageSeconds: 1.25 } as const;
  return source.poll({ inForce, waitMs: 0, signal, ...request });
}

async function poll(source: SwitchSource<AgedAnswer>, request: Partial<PollRequest> = {}) {
  return (await pollWithAge(source, request)).answer;
}

const FOUR = snapshotJson(4, PULLS_TO_GO);

test('gets a snapshot and tells who asks and what is in force', async () => {
  const { controller, source } = await sourceOf(jsonAnswer(FOUR, '"4-0a0a0a0a"'));
  const polled = await poll(source);
  assert.ok(polled !== 'unchanged');
  assert.equal(polled.snapshot.version, 4);
  const { url, headers } = controller.requests[0]!;
  assert.equal(url, '/v1/snapshot');
  assert.deepEqual(
    Object.fromEntries(
      Object.entries(headers).filter(([name]) => name.startsWith('x-') || name === 'accept-encoding'),
    ),
    {
      'accept-encoding': 'identity',
      'x-quay-process-name': 'gc-worker',
      'x-quay-process-host': hostname(),
      'x-quay-process-id': String(process.pid),
      'x-quay-snapshot-version': '4',
      'x-quay-snapshot-age': '1.250',
      'x-quay-snapshot-state': 'fresh',
    },
  );
  assert.equal(headers.prefer, undefined);
  assert.equal(headers['if-none-match'], undefined);
});

test('asks the controller to wait for a change, and takes 304 for unchanged', async () => {
  const { controller, source } = await sourceOf(jsonAnswer(FOUR, '"4-0a0a0a0a"'));
  await poll(source);
  assert.equal(await poll(source, { waitMs: 7900 }), 'unchanged');
  const { headers } = controller.requests[1]!;
  assert.equal(headers.prefer, 'wait=7');
  assert.equal(headers['if-none-match'], '"4-0a0a0a0a"');
});

test('what was refused, or is not in force, is not asked to be confirmed', async () => {
  const { controller, source } = await sourceOf(jsonAnswer(FOUR, '"4-0a0a0a0a"'));
  await poll(source);
  for (const inForce of [
    { version: 4, phase: 'last-known-good', ageSeconds: 9 },
    { version: 5, phase: 'fresh', ageSeconds: 0 },
    { version: 0, phase: 'fail-closed', ageSeconds: 9 },
  ] as const)
    assert.notEqual(await poll(source, { inForce }), 'unchanged');
  assert.ok(controller.requests.every(({ headers }) => headers['if-none-match'] === undefined));
});

for (const [header, ageSeconds] of [
  ['41.250', 41.25],
  ['0', 0],
  [undefined, 0],
  ['', 0],
  ['-5', 0],
  ['1e9', 0],
  ['Infinity', 0],
  ['41 s', 0],
  ['9'.repeat(400), 0],
  [['3.000', '4.000'], 0],
] as const)
  test(`a confirmation that was ${JSON.stringify(header)?.slice(0, 20)} s old came as fresh: it is ${ageSeconds} s old`, async () => {
    const { source } = await sourceOf((request, response) => {
      if (header !== undefined) response.setHeader('X-Quay-Confirmed-Age', header);
      jsonAnswer(FOUR, '"4-0a0a0a0a"')(request, response);
    });
    assert.equal((await pollWithAge(source)).ageSeconds, ageSeconds);
    assert.deepEqual(await pollWithAge(source), { answer: 'unchanged', ageSeconds });
  });

test('a base URL may have a path', async () => {
  const { controller } = await sourceOf(jsonAnswer(FOUR));
  await poll(createControllerSource(new URL('sub/path', controller.url), 'gc-worker'));
  assert.equal(controller.requests[0]?.url, '/sub/path/v1/snapshot');
});

for (const [name, etag] of [
  ['none', undefined],
  ['one that is no entity tag', 'hello'],
  ['one that is too long', `"${'x'.repeat(5000)}"`],
] as const)
  test(`an entity tag that is ${name} is not sent back`, async () => {
    const { controller, source } = await sourceOf((_request, response) => {
      if (etag !== undefined) response.setHeader('ETag', etag);
      response.end(JSON.stringify(FOUR));
    });
    await poll(source);
    assert.notEqual(await poll(source), 'unchanged');
    assert.equal(controller.requests[1]?.headers['if-none-match'], undefined);
  });

test('an entity tag that changes with every answer gives the snapshot each time', async () => {
  let answers = 0;
  const { source } = await sourceOf((request, response) =>
    jsonAnswer(FOUR, `"4-${(answers += 1)}"`)(request, response),
  );
  await poll(source);
  const polled = await poll(source);
  assert.ok(polled !== 'unchanged' && polled.snapshot.version === 4);
});

const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024));
const drip =
  (chunk: string | Buffer): Answer =>
  (_request, response) => {
    response.setHeader('Content-Type', 'application/json');
    const more = () => {
      while (!response.destroyed && response.write(chunk));
      response.once('drain', more);
    };
    more();
  };

/** As the switch-controller answers when it cannot serve a snapshot. */
const apiError =
  (code: string, message: string): Answer =>
  (_request, response) => {
    response.writeHead(503, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify({ error: { code, message, current_version: 4 } }));
  };

const refused = 'SNAPSHOT_INVALID';
const away = 'SNAPSHOT_UNAVAILABLE';
for (const [name, answer, code, message] of [
  ['an error', (_, response) => response.writeHead(500).end('oops'), away, /answers 500$/],
  ['503', (_, response) => response.writeHead(503).end('{}'), away, /answers 503$/],
  [
    'a refusal of the controller',
    apiError('SNAPSHOT_REFUSED', 'You have version 9, and the newest that is known here is 4.'),
    'SNAPSHOT_REFUSED',
    /answers 503: You have version 9, and the newest that is known here is 4\.$/,
  ],
  [
    'a controller with nothing to serve',
    apiError('SNAPSHOT_UNAVAILABLE', 'There are none yet.\r\n\u001b[31mWARNING\u2028forged\u202e\0'),
    away,
    /answers 503: There are none yet\. \[31mWARNING forged$/,
  ],
  ['a long story', apiError('X', 'y'.repeat(3000)), away, /answers 503: y{500}\.\.\.$/],
  ['a story too long', apiError('SNAPSHOT_REFUSED', 'y'.repeat(10_000)), away, /answers 503$/],
  [
    'an odd error',
    (_, response) => response.writeHead(503).end('{"error":{"code":5,"message":{}}}'),
    away,
    /answers 503$/,
  ],
  ['no object', (_, response) => response.writeHead(503).end('null'), away, /answers 503$/],
  [
    'an error without end',
    (request, response) => {
      response.statusCode = 503;
      drip('x')(request, response);
    },
    away,
    /answers 503$/,
  ],
  [
    'an error that is cut off',
    (_, response) => {
      response.writeHead(503, { 'Content-Length': '1000' });
      response.write('{"error"', () => response.destroy());
    },
    away,
    /answers 503$/,
  ],
  ['404', (_, response) => response.writeHead(404).end(), away, /answers 404$/],
  ['204', (_, response) => response.writeHead(204).end(), away, /answers 204$/],
  ['304 without a question', (_, response) => response.writeHead(304).end(), away, /answers 304$/],
  [
    'a redirect',
    (_, response) => response.writeHead(302, { Location: '/elsewhere' }).end(),
    away,
    /answers 302, and redirects are not followed$/,
  ],
  ['HTML', (_, response) => response.end('<html>login</html>'), refused, /answers something else than JSON$/],
  ['nothing', (_, response) => response.end(), refused, /answers something else than JSON$/],
  [
    'half a snapshot',
    (_, response) => response.end('{"version": 4, "ow'),
    refused,
    /something else than JSON$/,
  ],
  [
    'bytes that are not UTF-8',
    (_, response) => response.end(Buffer.from([0x22, 0xff, 0x22])),
    refused,
    /than JSON$/,
  ],
  [
    'another object',
    (_, response) => response.end('{"error": {}}'),
    refused,
    /version: expected .*owners: expected/,
  ],
  [
    '10 MB, and says so',
    (_, response) => response.end(Buffer.alloc(10_000_000)),
    refused,
    /more than 1048576 bytes$/,
  ],
  ['bytes without end', drip(Buffer.alloc(65_536, ' ')), refused, /answers with more than 1048576 bytes$/],
  [
    'a gzip bomb',
    (_, response) => response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(bomb),
    refused,
    /answers with a compressed body, which was not asked for$/,
  ],
  [
    'a body that is cut off',
    (_, response) => {
      response.writeHead(200, { 'Content-Length': '1000' });
      response.write('{"version": 4', () => response.destroy());
    },
    away,
    /does not answer: ECONNRESET$/,
  ],
  ['a closed connection', (request) => void request.socket.destroy(), away, /does not answer: ECONNRESET$/],
  [
    'a head without end',
    (request) => void request.socket.write(`HTTP/1.1 200 OK\r\nX-Long: ${'x'.repeat(100_000)}`),
    away,
    /does not answer: HPE_HEADER_OVERFLOW$/,
  ],
  ['what is no HTTP', (request) => void request.socket.end('hello\r\n\r\n'), away, /does not answer: HPE_/],
] as readonly [string, Answer, string, RegExp][])
  test(`${name} is no snapshot; the error says so, and the connection is closed`, async () => {
    const { controller, source } = await sourceOf(answer);
    await assert.rejects(poll(source), (error: Error & { code?: string }) => {
      assert.equal(error.code, code);
      assert.match(error.message, message);
      return true;
    });
    await waitUntil('the connection to be closed', () => controller.open() === 0);
    assert.equal(controller.requests.length, 1);
  });

test('a controller that is down is unavailable', async () => {
  const source = createControllerSource(new URL(`http://127.0.0.1:${await freePort()}`), 'gc-worker');
  await assert.rejects(poll(source), { code: away, message: /does not answer: ECONNREFUSED$/ });
});

for (const [name, answer] of [
  ['hangs', () => undefined],
  [
    'drips',
    (_request, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write(' '), 10);
      response.once('close', () => clearInterval(timer));
    },
  ],
] as readonly [string, Answer][])
  test(`a controller that ${name} is left when the poll is to end`, async () => {
    const { controller, source } = await sourceOf(answer);
    const stop = new AbortController();
    const polled = poll(source, { waitMs: 60_000, signal: stop.signal });
    await waitUntil('the request', () => controller.requests.length === 1);
    stop.abort();
    await assert.rejects(polled, { code: away });
    await waitUntil('the connection to be closed', () => controller.open() === 0);
  });
