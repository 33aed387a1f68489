import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import {
  startOtlpReceiver,
  startPostgres,
  startRedis,
  type PostgresServer,
  type ReceivedSpan,
  type Server,
} from '@quay-observability/testkit';
import { runApp, settingsFor } from './run-app.ts';

const REMOTE = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
const REMOTE_PARENT = `00-${REMOTE.traceId}-${REMOTE.spanId}-01`;

let redis: Server;
let postgres: PostgresServer;
before(async () => {
  [redis, postgres] = await Promise.all([startRedis({ password: 'redis-password' }), startPostgres()]);
});
after(() => Promise.all([redis.stop(), postgres.stop()]));

/** Runs the app, asks it for everything once, and ends it; gives what the collector and the client saw. */
async function traceOnce(form: 'source' | 'plain', protocol: 'http' | 'grpc') {
  const receiver = await startOtlpReceiver({ protocol });
  const app = await runApp({
    form,
    settings: settingsFor(receiver.url, { excludedUrls: ['unknown-path', '/echo.by=none$'] }),
    options: { app: 'traced-app' },
    redisUrl: redis.url.replace('redis://', 'redis://:redis-password@'),
    postgresUrl: postgres.uri,
  });
  const response = await fetch(`${app.url}/things/7?token=query-secret`, {
    headers: { traceparent: REMOTE_PARENT },
  });
  const answer = (await response.json()) as {
    logged: { traceId: string; spanId: string };
    overHttp: { traceparent: string };
    overUndici: { traceparent: string };
    sum: number;
  };
  for (const path of ['/fails', '/echo?by=none', '/metrics', '/livez?verbose', '/readyz'])
    await fetch(app.url + path);
  await fetch(app.untracedUrl);
  await app.stop();
  const spans = receiver.spans();
  await receiver.stop();
  return { answer, spans, log: app.log(), exit: app.exit(), requests: receiver.requests() };
}

for (const [form, protocol] of [
  ['source', 'http'],
  ['plain', 'grpc'],
] as const) {
  describe(`an Express app started from ${form} that exports over ${protocol}`, () => {
    let seen: Awaited<ReturnType<typeof traceOnce>>;
    before(async () => {
      seen = await traceOnce(form, protocol);
    });
    const one = (what: string, test: (span: ReceivedSpan) => boolean): ReceivedSpan => {
      const found = seen.spans.filter(test);
      assert.equal(
        found.length,
        1,
        `${found.length} spans are ${what} among ${seen.spans.map(({ name }) => name).join(', ')}`,
      );
      return found[0]!;
    };
    const request = () =>
      one('the request', ({ name, kind }) => kind === 'server' && name === 'GET /things/:id');
    const handler = () =>
      one('its handler', ({ attributes }) => attributes['express.name'] === '/things/:id');

    test('continues the trace of its client, down to everything the handler does', () => {
      assert.deepEqual(
        { traceId: request().traceId, parentSpanId: request().parentSpanId },
        { traceId: REMOTE.traceId, parentSpanId: REMOTE.spanId },
      );
      assert.equal(request().attributes['http.request.method'], 'GET');
      assert.equal(request().attributes['http.route'], '/things/:id');
      assert.equal(request().attributes['http.response.status_code'], 200);
      assert.equal(handler().parentSpanId, request().spanId);
      const within = seen.spans.filter(({ parentSpanId }) => parentSpanId === handler().spanId);
      assert.ok(within.every(({ traceId }) => traceId === REMOTE.traceId));
      const names = within.map(({ name }) => name).sort();
      assert.deepEqual(names, ['GET', 'GET', 'add', 'pg.query:SELECT quay', 'pg.query:SELECT quay', 'set']);
    });

    test('hands the trace on over node:http and undici', () => {
      for (const [via, { traceparent }] of Object.entries({
        http: seen.answer.overHttp,
        undici: seen.answer.overUndici,
      })) {
        const client = one(
          `the client of ${via}`,
          (span) => span.kind === 'client' && span.scope.endsWith(`-${via}`),
        );
        assert.equal(traceparent, `00-${REMOTE.traceId}-${client.spanId}-01`);
        const server = one(`asked over ${via}`, ({ parentSpanId }) => parentSpanId === client.spanId);
        assert.equal(server.name, 'GET /echo');
      }
    });

    test('gives log lines the ids of the active span', () => {
      assert.deepEqual(seen.answer.logged, { traceId: REMOTE.traceId, spanId: handler().spanId });
    });

    test('marks a failure', () => {
      const failed = one('the failure', ({ name }) => name === 'GET /fails');
      assert.equal(failed.status.code, 'error');
      const handled = one('its handler', ({ attributes }) => attributes['express.name'] === '/fails');
      assert.equal(handled.events[0]?.attributes['exception.message'], 'as intended');
      assert.notEqual(failed.traceId, REMOTE.traceId);
    });

    test('leaves out excluded URLs, admin endpoints, what they do, and servers it is told to', () => {
      const paths = seen.spans
        .map(({ attributes }) => attributes['url.path'])
        .filter((path) => path !== undefined);
      assert.deepEqual([...new Set(paths)].sort(), ['/echo', '/fails', '/things/7']);
      assert.equal(seen.spans.filter(({ name }) => name === 'GET /echo').length, 2);
      assert.deepEqual(
        seen.spans.filter(({ name }) => name === 'ping' || name === 'info'),
        [],
      );
    });

    test('exports no secret', () => {
      const everything = JSON.stringify([seen.spans, seen.requests]);
      for (const secret of ['query-secret', 'redis-password', 'a-secret-value'])
        assert.ok(!everything.includes(secret), secret);
    });

    test('loses nothing when it is asked to stop, and says nothing', () => {
      assert.deepEqual(seen.exit, { code: 0, signal: null });
      assert.doesNotMatch(seen.log, /"level"/);
      const ids = new Set(seen.spans.map(({ spanId }) => spanId));
      const orphans = seen.spans.filter(({ parentSpanId }) => parentSpanId !== '' && !ids.has(parentSpanId));
      assert.deepEqual(
        orphans.map(({ parentSpanId }) => parentSpanId),
        [REMOTE.spanId],
      );
    });

    test('names service and app', () => {
      for (const { resource } of seen.spans) {
        assert.equal(resource['service.name'], 'quay');
        assert.equal(resource['quay.app'], 'traced-app');
      }
    });
  });
}

test('with the collector away, an app says so once and still stops in time', async () => {
  const app = await runApp({
    form: 'source',
    settings: settingsFor('http://127.0.0.1:1'),
    options: { shutdownTimeoutMs: 1000 },
    env: { OTEL_BSP_SCHEDULE_DELAY: '20' },
  });
  for (let count = 0; count < 20; count++) await fetch(`${app.url}/echo`);
  await app.stop();
  assert.deepEqual(app.exit(), { code: 0, signal: null });
  const lines = app
    .log()
    .split('\n')
    .filter((line) => line.includes('127.0.0.1:1"') || line.includes('OpenTelemetry'));
  assert.equal(lines.length, 1, app.log());
  assert.match(lines[0] ?? '', /^{"level":"warning","message":"Spans cannot be exported/);
});

test('with tracing off, nothing of OpenTelemetry is loaded and headers pass', async () => {
  const app = await runApp({
    form: 'source',
    settings: settingsFor('http://127.0.0.1:1', { enabled: false }),
    env: { NODE_DEBUG: 'esm' },
    redisUrl: redis.url,
  });
  const response = await fetch(`${app.url}/echo`, { headers: { traceparent: REMOTE_PARENT } });
  assert.deepEqual(await response.json(), { traceparent: REMOTE_PARENT });
  await app.stop();
  assert.match(app.log(), /serve\.ts/);
  assert.doesNotMatch(app.log(), /opentelemetry|import-in-the-middle/);
});
