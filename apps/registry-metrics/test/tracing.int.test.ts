import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { HttpSpan, HttpSpanStart } from '@quay-observability/tracing';
import { runRegistryGateway } from './run-registry-gateway.ts';

const OURS = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
const CLIENTS = `00-${'c'.repeat(32)}-${'d'.repeat(16)}-01`;

test("every request has a span, and its traceparent goes upstream in place of the client's", async () => {
  const seen: (string | undefined)[] = [];
  const upstream = createServer((request, response) => {
    seen.push(request.headers.traceparent as string | undefined);
    response.writeHead(404).end();
  });
  upstream.listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  const spans: { start: HttpSpanStart; calls: string[] }[] = [];
  const startSpan = (start: HttpSpanStart): HttpSpan => {
    const calls: string[] = [];
    spans.push({ start, calls });
    return {
      recording: true,
      // An untraced request lets the client's own header pass.
      traceparentHeaders: start.path === '/untraced' ? {} : { traceparent: OURS },
      context: undefined,
      setRoute: (route) => calls.push(`route ${route}`),
      setStatus: (status) => calls.push(`status ${status}`),
      setAttribute: (name) => calls.push(`attribute ${name}`),
      recordError: () => calls.push('error'),
      run: (fn) => fn(),
      end: () => calls.push('end'),
    };
  };
  const gateway = await runRegistryGateway(`http://127.0.0.1:${(upstream.address() as AddressInfo).port}`, {
    startSpan,
  });
  try {
    const headers = { traceparent: CLIENTS };
    await (await fetch(`${gateway.url}/v2/a/manifests/v1?token=secret`, { headers })).arrayBuffer();
    await (await fetch(`${gateway.url}/untraced`, { headers })).arrayBuffer();
    assert.deepEqual(seen, [OURS, CLIENTS]);
    assert.deepEqual(spans[0]?.calls, ['route v2.fetch_manifest_by_tagname', 'status 404', 'end']);
    assert.equal(spans[0].start.headers.traceparent, CLIENTS);
    assert.deepEqual(spans[0].start.attributes, { 'client.address': '127.0.0.1' });
    upstream.closeAllConnections();
    upstream.close();
    assert.equal((await fetch(`${gateway.url}/v2/`)).status, 502);
    assert.deepEqual(spans[2]?.calls, ['route v2.v2_support_enabled', 'error', 'status 502', 'end']);
  } finally {
    await gateway.close();
  }
});
