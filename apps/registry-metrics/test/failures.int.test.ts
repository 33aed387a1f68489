import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { startRegistry, waitUntil } from '@quay-observability/testkit';
import { runApp } from './run-app.ts';

const BLOB = randomBytes(32_000_000);
const DIGEST = `sha256:${createHash('sha256').update(BLOB).digest('hex')}`;

test(
  'a registry killed in the middle of a blob: the client notices, the gateway stays up and recovers',
  { timeout: 60_000 },
  async () => {
    const registry = await startRegistry();
    const app = await runApp(registry.url);
    try {
      const started = await fetch(`${app.url}/v2/a/blobs/uploads/`, { method: 'POST' });
      const location = new URL(started.headers.get('location') ?? '');
      assert.equal(location.origin, app.url, 'the upload leads back through the gateway');
      location.searchParams.set('digest', DIGEST);
      assert.equal((await fetch(location, { method: 'PUT', body: BLOB })).status, 201);

      const blobUrl = `${app.url}/v2/a/blobs/${DIGEST}`;
      const response = await fetch(blobUrl);
      assert.equal(Number(response.headers.get('content-length')), BLOB.length);
      const reader = response.body?.getReader();
      await reader?.read();
      await registry.kill();
      await assert.rejects(async () => {
        while ((await reader?.read())?.done === false);
      }, 'the body ends with an error, not as if it were complete');

      const refused = await fetch(blobUrl);
      assert.equal(refused.status, 502);
      assert.deepEqual(await refused.json(), {
        errors: [{ code: 'UNAVAILABLE', message: 'the registry cannot be reached' }],
      });
      await waitUntil('unreadiness', async () => (await fetch(`${app.adminUrl}/readyz`)).status === 503);
      assert.match(
        await (await fetch(`${app.adminUrl}/readyz`)).text(),
        /\[-\]registry failed: the registry at http:.*ECONNREFUSED/,
      );

      await registry.restart();
      await waitUntil('readiness', async () => (await fetch(`${app.adminUrl}/readyz`)).status === 200);
      const again = Buffer.from(await (await fetch(blobUrl)).arrayBuffer());
      assert.ok(again.equals(BLOB));

      const metrics = await (await fetch(`${app.adminUrl}/metrics`)).text();
      assert.match(
        metrics,
        /quay_gateway_upstream_errors_total\{upstream="go",reason="reset",runtime="go"\} 1\n/,
      );
      assert.match(
        metrics,
        /quay_gateway_upstream_errors_total\{upstream="go",reason="connect",runtime="go"\} 1\n/,
      );
      // The broken download counts in full, as in Python; the 502 is no answer of the registry and is not recorded.
      assert.match(
        metrics,
        new RegExp(
          `quay_registry_image_pulled_estimated_bytes_total\\{protocol="v2",runtime="go"\\} ${2 * BLOB.length}\n`,
        ),
      );
      assert.doesNotMatch(metrics, /quay_request_duration_seconds_count\{[^}]*status="502"/);
      assert.match(app.process.log(), /A request failed: the registry closed the connection/);
    } finally {
      await app.stop();
      await registry.stop();
    }
  },
);

test('SIGTERM lets a download finish, then ends the process well', { timeout: 60_000 }, async () => {
  const registry = await startRegistry();
  const app = await runApp(registry.url);
  try {
    const started = await fetch(`${app.url}/v2/a/blobs/uploads/`, { method: 'POST' });
    const location = new URL(started.headers.get('location') ?? '');
    location.searchParams.set('digest', DIGEST);
    assert.equal((await fetch(location, { method: 'PUT', body: BLOB })).status, 201);
    const response = await fetch(`${app.url}/v2/a/blobs/${DIGEST}`);
    app.process.signal('SIGTERM');
    await waitUntil('unreadiness', async () => (await fetch(`${app.adminUrl}/readyz`)).status === 503);
    assert.ok(Buffer.from(await response.arrayBuffer()).equals(BLOB));
    assert.deepEqual(await app.process.exited, { code: 0, signal: null });
  } finally {
    await app.stop();
    await registry.stop();
  }
});

test('a faulty configuration ends the process, and every fault is named', async () => {
  await assert.rejects(
    runApp('registry:5000', { MAX_HEADER_COUNT: 'many', JSONLOG: 'false' }),
    /code 78[^]*REGISTRY_UPSTREAM_URL[^]*MAX_HEADER_COUNT/,
  );
});
