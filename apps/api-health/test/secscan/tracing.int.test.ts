import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  startOtlpReceiver,
  startTestClair,
  waitUntil,
  type OtlpReceiver,
  type ReceivedSpan,
  type TestClair,
} from '@quay-observability/testkit';
import { callClair } from './clair-client.ts';
import { runSecscan, type RunningSecscan } from './run-secscan.ts';

const CLIENT_SPAN = 'd'.repeat(16);
const STATE = '/indexer/api/v1/index_state';
const REPORT = '/indexer/api/v1/index_report';

let collector: OtlpReceiver;
let clair: TestClair;
let app: RunningSecscan;
let traces = 0;

before(async () => {
  [collector, clair] = await Promise.all([startOtlpReceiver(), startTestClair()]);
  app = await runSecscan({
    clairUrl: clair.url,
    env: {
      FEATURE_OTEL_TRACING: 'true',
      OTEL_CONFIG: JSON.stringify({ endpoint: collector.url, sample_rate: 1 }),
      OTEL_BSP_SCHEDULE_DELAY: '50',
    },
  });
});

after(async () => {
  await app.stop();
  await Promise.all([collector.stop(), clair.close()]);
});

const serverSpansOf = (traceId: string): ReceivedSpan[] =>
  collector.spans().filter((span) => span.traceId === traceId && span.kind === 'server');

// The first goes the fast way through the gateway, the other through node's server, which is instrumented.
for (const [method, path, name] of [
  ['GET', STATE, 'GET IndexState'],
  ['POST', REPORT, 'POST Index'],
] as const)
  test(`${method} ${path}: one server span, which Clair continues`, async () => {
    traces += 1;
    const traceId = traces.toString(16).padStart(32, 'c');
    await (
      await fetch(app.secscanUrl + path, {
        method,
        headers: { traceparent: `00-${traceId}-${CLIENT_SPAN}-01` },
        ...(method === 'POST' && { body: '{"hash": "sha256:a", "layers": []}' }),
      })
    ).arrayBuffer();
    const { traceparent } = clair.calls.at(-1)?.headers ?? {};
    // A second span of the same request would have been exported with it, or before the next one.
    await waitUntil('the span', () => serverSpansOf(traceId).length > 0);
    const exported = collector.spans().length;
    await callClair(app.secscanUrl, 'GET', STATE);
    await waitUntil('a later export', () => collector.spans().length > exported);
    const [span, ...others] = serverSpansOf(traceId);
    assert.deepEqual(
      others.map((other) => other.name),
      [],
    );
    assert.equal(span?.name, name);
    assert.equal(span.parentSpanId, CLIENT_SPAN);
    assert.equal(traceparent, `00-${traceId}-${span.spanId}-01`);
  });
