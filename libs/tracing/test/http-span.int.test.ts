import { after, before, beforeEach, test } from 'node:test';
import assert from 'node:assert/strict';
import { startOtlpReceiver, type OtlpReceiver, type ReceivedSpan } from '@quay-observability/testkit';
import {
  activeTraceContext,
  startHttpSpan,
  startTracing,
  traced,
  type HttpSpanStart,
  type Tracing,
} from '../src/index.ts';
import { isTraceKept, ratioBound } from '../src/trace-id-ratio.ts';
import { isTraceparent, traceIdOf } from '../src/traceparent.ts';
import { settingsFor } from './run-app.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SAMPLED = `00-${TRACE}-b7ad6b7169203331-01`;
const UNSAMPLED = `00-${TRACE}-b7ad6b7169203331-00`;

let receiver: OtlpReceiver;
let tracing: Tracing | undefined;
before(async () => {
  receiver = await startOtlpReceiver();
});
after(() => receiver.stop());
beforeEach(async () => {
  await tracing?.shutdown();
});

async function trace(sampleRate: number, excludedUrls: string[] = []): Promise<void> {
  const settings = settingsFor(receiver.url, { sampleRate, excludedUrls });
  tracing = await startTracing(
    settings,
    { onProblem: (message) => assert.fail(message) },
    { instrumentations: [] },
  );
}

/** Ends tracing, which delivers every span, and gives those that arrived since the last time. */
let seen = 0;
async function delivered(): Promise<ReceivedSpan[]> {
  await tracing?.shutdown();
  const fresh = receiver.spans().slice(seen);
  seen += fresh.length;
  return fresh;
}

function request(
  headers: HttpSpanStart['headers'] = {},
  path = '/v2/org/repo/manifests/latest?token=secret',
): HttpSpanStart {
  return {
    method: 'GET',
    path,
    headers: { host: 'quay.example:8443', 'user-agent': 'skopeo', ...headers },
    scheme: 'https',
  };
}

test('a recorded span follows the conventions for HTTP servers', async () => {
  await trace(1);
  const span = startHttpSpan({ ...request(), attributes: { 'client.address': '192.0.2.1' } });
  assert.equal(span.recording, true);
  span.setRoute('/v2/<repopath:repository>/manifests/<manifest_ref>');
  span.setAttribute('quay.namespace', 'org');
  span.setStatus(200);
  span.end();
  span.end();
  const [received, ...others] = await delivered();
  assert.deepEqual(others, []);
  assert.equal(received?.name, 'GET /v2/<repopath:repository>/manifests/<manifest_ref>');
  assert.equal(received.kind, 'server');
  assert.equal(received.status.code, 'unset');
  assert.deepEqual(received.attributes, {
    'http.request.method': 'GET',
    'url.scheme': 'https',
    'url.path': '/v2/org/repo/manifests/latest',
    'server.address': 'quay.example',
    'server.port': 8443,
    'user_agent.original': 'skopeo',
    'client.address': '192.0.2.1',
    'http.route': '/v2/<repopath:repository>/manifests/<manifest_ref>',
    'quay.namespace': 'org',
    'http.response.status_code': 200,
  });
  assert.deepEqual(span.traceparentHeaders, { traceparent: `00-${received.traceId}-${received.spanId}-01` });
  assert.deepEqual(span.context, { traceId: received.traceId, spanId: received.spanId });
});

test('an answer of 500 and an error mark the span as failed; 404 does not', async () => {
  await trace(1);
  for (const status of [404, 503]) {
    const span = startHttpSpan(request());
    span.setStatus(status);
    span.end();
  }
  const span = startHttpSpan({ ...request(), method: 'BREW' });
  span.recordError(Object.assign(new Error('upstream is gone'), { code: 'ECONNRESET' }));
  span.end();
  const [notFound, unavailable, broken] = await delivered();
  assert.equal(notFound?.status.code, 'unset');
  assert.equal(unavailable?.status.code, 'error');
  assert.equal(unavailable.attributes['error.type'], '503');
  assert.deepEqual(broken?.status, { code: 'error', message: 'upstream is gone' });
  assert.equal(broken.attributes['error.type'], 'ECONNRESET');
  assert.equal(broken.attributes['http.request.method'], '_OTHER');
  assert.equal(broken.attributes['http.request.method_original'], 'BREW');
  assert.equal(broken.events[0]?.attributes['exception.message'], 'upstream is gone');
});

test("the client's decision is followed, its trace continued, its state kept", async () => {
  await trace(0);
  const kept = startHttpSpan(request({ traceparent: SAMPLED, tracestate: 'dt=1,congo=t61' }));
  assert.equal(kept.recording, true);
  assert.deepEqual(Object.keys(kept.traceparentHeaders), ['traceparent']);
  kept.end();
  await tracing?.shutdown();
  await trace(1);
  const dropped = startHttpSpan(request({ traceparent: UNSAMPLED }));
  assert.equal(dropped.recording, false);
  assert.deepEqual(dropped.traceparentHeaders, {});
  assert.deepEqual(dropped.context, { traceId: TRACE, spanId: 'b7ad6b7169203331' });
  dropped.end();
  const received = await delivered();
  assert.deepEqual(
    received.map(({ traceId, parentSpanId, traceState }) => ({ traceId, parentSpanId, traceState })),
    [{ traceId: TRACE, parentSpanId: 'b7ad6b7169203331', traceState: 'dt=1,congo=t61' }],
  );
});

test('a trace that begins here is kept exactly if Python would keep its id', async () => {
  const rate = 0.2;
  await trace(rate);
  const bound = ratioBound(rate);
  const kept = new Set<string>();
  for (let count = 0; count < 2000; count++) {
    const span = startHttpSpan(request());
    const { traceparent } = span.traceparentHeaders;
    assert.ok(isTraceparent(traceparent));
    assert.equal(traceparent.endsWith('-01'), span.recording);
    const { traceId, spanId } = span.context ?? { traceId: '', spanId: '' };
    assert.equal(traceparent.slice(3, 52), `${traceId}-${spanId}`);
    assert.equal(isTraceKept(bound, traceId), span.recording);
    if (span.recording) kept.add(traceId);
    span.end();
  }
  const received = await delivered();
  assert.ok(kept.size > 200 && kept.size < 700, `${kept.size} kept of 2000`);
  assert.deepEqual(new Set(received.map(({ traceId }) => traceId)), kept);
});

test('what follows runs in the context of the span, kept or not', async () => {
  await trace(1);
  const work = traced('work', () => activeTraceContext());
  const span = startHttpSpan(request());
  const inner = span.run(work);
  span.end();
  const dropped = startHttpSpan(request({ traceparent: UNSAMPLED }));
  assert.equal(dropped.run(work)?.traceId, TRACE);
  assert.deepEqual(
    dropped.run(() => activeTraceContext()),
    dropped.context,
  );
  assert.equal(activeTraceContext(), undefined);
  const received = await delivered();
  assert.deepEqual(received.map(({ name }) => name).sort(), ['GET', 'work']);
  const child = received.find(({ name }) => name === 'work');
  assert.deepEqual(child?.parentSpanId, span.context?.spanId);
  assert.equal(child?.spanId, inner?.spanId);
});

test('an excluded URL is not traced and its headers pass', async () => {
  await trace(1, ['^https://quay.example:8443/v2/auth', 'account=robot']);
  for (const path of ['/v2/auth', '/v2/_catalog?account=robot']) {
    for (const headers of [{}, { traceparent: SAMPLED }]) {
      const span = startHttpSpan(request(headers, path));
      assert.equal(span.recording, false);
      assert.deepEqual(span.traceparentHeaders, {});
      span.end();
    }
  }
  assert.equal(startHttpSpan(request({}, '/v2/authority')).recording, false);
  assert.equal(startHttpSpan(request({}, '/v2/')).recording, true);
  assert.deepEqual(await delivered(), []);
});

test('a header that is not valid begins a new trace, and its tracestate does not pass', async () => {
  await trace(1);
  const span = startHttpSpan(request({ traceparent: `${SAMPLED}, ${SAMPLED}`, tracestate: 'dt=1' }));
  assert.notEqual(traceIdOf(span.traceparentHeaders.traceparent ?? ''), TRACE);
  assert.equal(span.traceparentHeaders.tracestate, '');
  span.end();
  const [received] = await delivered();
  assert.equal(received?.parentSpanId, '');
  assert.equal(received.traceState, '');
});

test('with tracing off nothing is made and headers pass', async () => {
  await tracing?.shutdown();
  const off = await startTracing(settingsFor(receiver.url, { enabled: false }), {
    onProblem: (message) => assert.fail(message),
  });
  assert.equal(off.enabled, false);
  const span = startHttpSpan(request({ traceparent: SAMPLED }));
  assert.equal(span, startHttpSpan(request()));
  assert.deepEqual(span.traceparentHeaders, {});
  assert.equal(span.context, undefined);
  assert.equal(
    span.run(() => 7),
    7,
  );
  span.setStatus(500);
  span.end();
  assert.equal(activeTraceContext(), undefined);
  await off.shutdown();
});
