import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  startOtlpReceiver,
  waitUntil,
  type OtlpReceiver,
  type ReceivedSpan,
  type RunningApp,
} from '@quay-observability/testkit';
import { startNewRuntimeApi, type NewRuntimeApi } from './new-runtime-api.ts';
import { runApiApp } from './run-api-app.ts';

const CLIENT_SPAN = 'd'.repeat(16);

let collector: OtlpReceiver;
let go: NewRuntimeApi;
let app: RunningApp;
let traces = 0;

before(async () => {
  [collector, go] = await Promise.all([startOtlpReceiver(), startNewRuntimeApi()]);
  app = await runApiApp({
    API_UPSTREAM_URL: go.url,
    FEATURE_OTEL_TRACING: 'true',
    OTEL_CONFIG: JSON.stringify({ endpoint: collector.url, sample_rate: 1 }),
    OTEL_BSP_SCHEDULE_DELAY: '50',
  });
});

after(async () => {
  await app.stop();
  await Promise.all([collector.stop(), go.close()]);
});

function nextTraceId(): string {
  traces += 1;
  return traces.toString(16).padStart(32, 'c');
}

const spansOf = (traceId: string): ReceivedSpan[] =>
  collector.spans().filter((span) => span.traceId === traceId);

// The first goes the fast way through the gateway, the others through node's server, which is instrumented.
for (const [method, path, name] of [
  ['GET', '/api/v1/plans/?token=secret', 'GET api.listplans'],
  ['POST', '/api/v1/organization/', 'POST api.organizationlist'],
  ['PUT', '/api/v1/nothing', 'PUT'],
] as const)
  test(`${method} ${path}: one server span, which the API continues`, async () => {
    const traceId = nextTraceId();
    const headers = { traceparent: `00-${traceId}-${CLIENT_SPAN}-01` };
    const body = method === 'GET' ? undefined : '{"name": "acme"}';
    await (await fetch(app.url + path, { method, headers, ...(body && { body }) })).arrayBuffer();
    const span = await waitUntil('the span', () => spansOf(traceId).find(({ kind }) => kind === 'server'));
    assert.equal(span.name, name);
    assert.equal(span.parentSpanId, CLIENT_SPAN);
    assert.equal(span.resource['quay.app'], 'api-health');
    assert.equal(span.attributes['http.response.status_code'], 200);
    assert.equal(go.seen.at(-1)?.headers.traceparent, `00-${traceId}-${span.spanId}-01`);
    // A second span of the same request would have been exported with it.
    await waitUntil('a later export', async () => {
      const exported = collector.spans().length;
      await fetch(`${app.url}/api/v1/user/`);
      return waitUntil('its span', () => collector.spans().length > exported);
    });
    assert.equal(spansOf(traceId).length, 1);
    assert.doesNotMatch(JSON.stringify(collector.spans()), /secret/);
  });
