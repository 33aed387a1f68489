import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, test } from 'node:test';
import {
  startOtlpReceiver,
  startPostgres,
  waitUntil,
  type OtlpReceiver,
  type PostgresServer,
  type ReceivedSpan,
  type RunningApp,
} from '@quay-observability/testkit';
import { instrumentProcess } from '@quay-observability/service/instrument';
import { traced } from '@quay-observability/tracing';
import { runApp } from './run-app.ts';

const CLIENT_SPAN = 'd'.repeat(16);
const DIGEST = `sha256:${'a'.repeat(64)}`;

type Arrived = { method: string; path: string; headers: IncomingHttpHeaders };

let collector: OtlpReceiver;
let postgres: PostgresServer;
let app: RunningApp;
let arrived: Arrived[] = [];
let traces = 0;

// A registry that sends clients to its storage, and breaks one of its connections.
const upstream = createServer((request, response) => {
  const { method = '', url = '', headers } = request;
  arrived.push({ method, path: url, headers });
  if (url.includes('/broken/')) response.destroy();
  else if (method === 'HEAD') response.writeHead(200, { 'Content-Length': '222' }).end();
  else if (url.includes('/blobs/')) response.writeHead(307, { Location: 'https://storage.test/blob' }).end();
  else response.writeHead(404).end();
});

before(async () => {
  [collector, postgres] = await Promise.all([startOtlpReceiver(), startPostgres({ schema: true })]);
  upstream.listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  app = await runApp(`http://127.0.0.1:${(upstream.address() as AddressInfo).port}`, {
    FEATURE_OTEL_TRACING: 'true',
    OTEL_CONFIG: JSON.stringify({ endpoint: collector.url, sample_rate: 1 }),
    OTEL_BSP_SCHEDULE_DELAY: '50',
    DEBUGLOG: 'true',
    DB_URI: postgres.uri,
  });
});

after(async () => {
  await app.stop();
  await Promise.all([postgres.stop(), collector.stop()]);
  upstream.close();
  upstream.closeAllConnections();
});

beforeEach(() => {
  arrived = [];
});

/** Sends a request of a client that traces, and gives the id of its trace. */
async function send(path: string): Promise<string> {
  traces += 1;
  const traceId = traces.toString(16).padStart(32, 'c');
  const headers = { traceparent: `00-${traceId}-${CLIENT_SPAN}-01` };
  await (await fetch(`${app.url}${path}`, { headers, redirect: 'manual' })).arrayBuffer();
  return traceId;
}

function spansOf(traceId: string): ReceivedSpan[] {
  return collector.spans().filter((span) => span.traceId === traceId);
}

function serverSpanOf(traceId: string): Promise<ReceivedSpan> {
  return waitUntil('the span', () => spansOf(traceId).find(({ kind }) => kind === 'server'));
}

/** What the upstream was sent by the gateway in the name of clients, without its own probes. */
function forwarded(): Arrived[] {
  return arrived.filter(({ path }) => path !== '/v2/');
}

function logLines(): Record<string, unknown>[] {
  const lines = app.process.log().split('\n');
  return lines
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

async function spansCounted(outcome: string): Promise<number> {
  const text = await (await fetch(`${app.adminUrl}/metrics`)).text();
  return Number(
    new RegExp(`quay_tracing_spans_total\\{outcome="${outcome}"[^}]*\\} (\\d+)`).exec(text)?.[1] ?? 0,
  );
}

test("one server span per request, in the client's trace, and the upstream continues it", async () => {
  const traceId = await send('/v2/a/manifests/v1?token=secret');
  const span = await serverSpanOf(traceId);
  assert.equal(span.name, 'GET v2.fetch_manifest_by_tagname');
  assert.equal(span.parentSpanId, CLIENT_SPAN);
  assert.equal(span.attributes['http.response.status_code'], 404);
  assert.equal(span.resource['quay.app'], 'registry-metrics');
  assert.deepEqual(
    forwarded().map(({ headers }) => headers.traceparent),
    [`00-${traceId}-${span.spanId}-01`],
  );
  assert.equal(spansOf(traceId).length, 1);
  assert.ok((await spansCounted('exported')) >= 1);
});

test('the look-up of a size belongs to the request: its query, its HEAD', async () => {
  const traceId = await send(`/v2/a/blobs/${DIGEST}`);
  const span = await serverSpanOf(traceId);
  const query = await waitUntil('the query', () => spansOf(traceId).find(({ kind }) => kind === 'client'));
  assert.match(query.name, /SELECT/i);
  assert.equal(query.parentSpanId, span.spanId);
  const head = await waitUntil('the HEAD', () => forwarded().find(({ method }) => method === 'HEAD'));
  assert.equal(head.headers.traceparent, `00-${traceId}-${span.spanId}-01`);
});

test('without a trace of the client one begins; the HEAD belongs to it too', async () => {
  const digest = `sha256:${'b'.repeat(64)}`;
  await fetch(`${app.url}/v2/a/blobs/${digest}`, { redirect: 'manual' });
  const head = await waitUntil('the HEAD', () => forwarded().find(({ method }) => method === 'HEAD'));
  const [, traceId = '', spanId] = /^00-(\w{32})-(\w{16})-01$/.exec(head.headers.traceparent as string) ?? [];
  const span = await serverSpanOf(traceId);
  assert.deepEqual([span.spanId, span.parentSpanId], [spanId, '']);
  // A span for the request and one for the query, and the query begins no trace of its own.
  await waitUntil('the query', () => spansOf(traceId).length === 2);
});

test('a failed request: its log line has the ids of its span', async () => {
  const traceId = await send('/v2/broken/manifests/v1');
  const span = await serverSpanOf(traceId);
  assert.equal(span.status.code, 'error');
  const line = await waitUntil('the log line', () =>
    logLines().find(({ message }) => String(message).startsWith('A request failed')),
  );
  assert.deepEqual([line.trace_id, line.span_id], [traceId, span.spanId]);
});

test('a look-up that fails logs the ids of its request', async () => {
  await postgres.kill();
  try {
    const traceId = await send(`/v2/a/blobs/sha256:${'e'.repeat(64)}`);
    const line = await waitUntil('the log line', () =>
      logLines().find(({ message }) => String(message).startsWith('The size of a blob could not')),
    );
    assert.equal(line.trace_id, traceId);
  } finally {
    await postgres.restart();
  }
});

test(
  'without its collector the app goes on, counts what is lost, and recovers',
  { timeout: 60_000 },
  async () => {
    const { port } = collector;
    await collector.stop();
    await send('/v2/a/manifests/v1');
    assert.equal(forwarded().length, 1);
    await waitUntil('the loss', async () => (await spansCounted('export-failed')) >= 1, {
      timeoutMs: 30_000,
    });
    collector = await startOtlpReceiver({ port });
    const exported = await spansCounted('exported');
    assert.equal((await serverSpanOf(await send('/v2/a/manifests/v2'))).parentSpanId, CLIENT_SPAN);
    await waitUntil('the count', async () => (await spansCounted('exported')) > exported);
    assert.ok(logLines().some(({ message }) => message === 'Spans reach the collector again.'));
  },
);

test('what the process tells its collector of failures is redacted as its log is', async () => {
  const env = {
    FEATURE_OTEL_TRACING: 'true',
    OTEL_CONFIG: JSON.stringify({ endpoint: collector.url, sample_rate: 1 }),
  };
  const tracing = await instrumentProcess('registry-metrics', env, []);
  const fail = traced('connects', () => {
    throw new Error('connect postgresql://quay:hunter2@db failed');
  });
  assert.throws(fail, /hunter2/);
  await tracing.shutdown();
  const span = collector.spans().find(({ name }) => name === 'connects');
  assert.equal(span?.status.message, 'connect postgresql://[FILTERED]@db failed');
  assert.ok(!JSON.stringify(span).includes('hunter2'));
});
