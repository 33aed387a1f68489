import { readFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { join } from 'node:path';
import { afterEach, test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import type { TracingSettings } from '@quay-observability/quay-config';
import { freePort, startOtlpReceiver, waitUntil } from '@quay-observability/testkit';
import { startTracing, traced, type ExportReport, type Tracing, type TracingOptions } from '../src/index.ts';
import { settingsFor } from './run-app.ts';

const CERTIFICATES = join(import.meta.dirname, 'certificates');
const work = traced('work', () => undefined);

let running: Tracing | undefined;
afterEach(async () => {
  await running?.shutdown();
  for (const name of Object.keys(process.env))
    if (name.startsWith('OTEL_')) Reflect.deleteProperty(process.env, name);
});

/** Starts tracing and keeps everything that the hooks are told. */
async function start(settings: TracingSettings, options: TracingOptions = {}) {
  process.env.OTEL_BSP_SCHEDULE_DELAY = '20';
  const told = { problems: [] as string[], recoveries: [] as string[], exports: [] as ExportReport[] };
  const tracing = await startTracing(
    settings,
    {
      onProblem: (message, fields) => told.problems.push(`${message} ${JSON.stringify(fields)}`),
      onRecovery: (message, fields) => told.recoveries.push(`${message} ${JSON.stringify(fields)}`),
      onExport: (report) => told.exports.push(report),
    },
    { instrumentations: [], ...options },
  );
  running = tracing;
  const count = (test: (report: ExportReport) => boolean): number =>
    told.exports.filter(test).reduce((sum, { spans }) => sum + spans, 0);
  return { ...told, tracing, exported: () => count(({ ok }) => ok), lost: () => count(({ ok }) => !ok) };
}

for (const protocol of ['http', 'grpc'] as const) {
  test(`over ${protocol}, a collector that comes and goes costs two lines, and every span is accounted for`, async () => {
    const port = await freePort();
    const url = protocol === 'grpc' ? `http://127.0.0.1:${port}` : `http://127.0.0.1:${port}/v1/traces`;
    const told = await start(settingsFor(url));
    work();
    await waitUntil('the warning', () => told.problems.length > 0);
    work();
    await waitUntil('the second failure', () => told.lost() === 2);
    assert.equal(told.problems.length, 1, told.problems.join('\n'));
    assert.match(
      told.problems[0] ?? '',
      new RegExp(`^Spans cannot be exported.*"collector":"http://127.0.0.1:${port}`),
    );
    assert.match(told.problems[0] ?? '', /ECONNREFUSED/);

    const receiver = await startOtlpReceiver({ protocol, port });

    let made = 2;
    await waitUntil('the recovery', () => {
      work();
      made++;
      return told.recoveries.length > 0;
    });
    await told.tracing.shutdown();
    await receiver.stop();
    assert.equal(told.problems.length, 1, told.problems.join('\n'));
    assert.equal(told.recoveries.length, 1);
    assert.match(told.recoveries[0] ?? '', /^Spans reach the collector again\..*"lostSpans":[1-9]/);
    assert.equal(receiver.spans().length, told.exported());
    assert.equal(told.exported() + told.lost(), made);
  });
}

test('shutdown delivers what is queued, more than one batch', async () => {
  process.env.OTEL_BSP_MAX_EXPORT_BATCH_SIZE = '10';
  const receiver = await startOtlpReceiver();
  const told = await start(settingsFor(receiver.url));
  for (let count = 0; count < 95; count++) work();
  await told.tracing.shutdown();
  await receiver.stop();
  assert.equal(receiver.spans().length, 95);
  assert.equal(told.exported(), 95);
  assert.deepEqual(told.problems, []);
});

/** A collector of our own making, gone with the test. */
async function serve(t: TestContext, listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return port;
}

test('shutdown gives up on a collector that never answers, and says what is lost', async (t) => {
  const port = await serve(t, () => undefined);
  const told = await start(settingsFor(`http://127.0.0.1:${port}/v1/traces`), { shutdownTimeoutMs: 200 });
  for (let count = 0; count < 7; count++) work();
  await told.tracing.shutdown();
  assert.deepEqual(told.exports, [{ ok: false, spans: 7, reason: 'shutdown' }]);
  assert.match(told.problems.join('\n'), /^Spans were lost at shutdown.*"lostSpans":7/);
});

test('a full queue drops spans, counts them and warns once', async () => {
  process.env.OTEL_BSP_MAX_QUEUE_SIZE = '10';
  const receiver = await startOtlpReceiver();
  const told = await start(settingsFor(receiver.url));
  for (let count = 0; count < 100; count++) work();
  await told.tracing.shutdown();
  await receiver.stop();
  assert.equal(receiver.spans().length, told.exported());
  assert.equal(told.exported() + told.lost(), 100);
  assert.ok(told.exports.every(({ ok, reason }) => ok || reason === 'queue-full'));
  assert.ok(told.lost() > 0);
  assert.match(told.problems.join('\n'), /^Spans are made faster than the collector takes them.*$/);
});

test('Dynatrace is sent its token, which appears nowhere else', async (t) => {
  const token = 'dt0c01.ABCDEF.topsecret';
  const paths: string[] = [];
  const tokens: (string | undefined)[] = [];
  // Refuses, and says the token again in its answer.
  const port = await serve(t, (request, response) => {
    paths.push(request.url ?? '');
    tokens.push(request.headers.authorization);
    response
      .writeHead(401, String(request.headers.authorization))
      .end(`bad token: ${request.headers.authorization}`);
  });
  const settings = settingsFor('http://127.0.0.1:1', {
    dynatrace: { apiUrl: `http://127.0.0.1:${port}/api/v2/otlp`, apiToken: token },
  });
  const told = await start(settings);
  work();
  await waitUntil('the refusal', () => told.problems.length > 0);
  await told.tracing.shutdown();
  assert.deepEqual(new Set(paths), new Set(['/api/v2/otlp/v1/traces']));
  assert.deepEqual(new Set(tokens), new Set([`Api-Token ${token}`]));
  assert.match(told.problems.join('\n'), /\[FILTERED\]/);
  assert.ok(!JSON.stringify([told.problems, told.recoveries]).includes('topsecret'));
});

test('https and gRPC together are TLS', async () => {
  process.env.OTEL_EXPORTER_OTLP_CERTIFICATE = join(CERTIFICATES, 'collector.pem');
  const tls = {
    key: readFileSync(join(CERTIFICATES, 'collector-key.pem')),
    certificate: readFileSync(join(CERTIFICATES, 'collector.pem')),
  };
  const receiver = await startOtlpReceiver({ protocol: 'grpc', tls });
  assert.match(receiver.url, /^https:/);
  const told = await start(settingsFor(receiver.url));
  work();
  await told.tracing.shutdown();
  await receiver.stop();
  assert.equal(receiver.spans().length, 1, told.problems.join('\n'));
});

test('an endpoint that is no URL leaves tracing off with a warning that names the key', async () => {
  const told = await start(settingsFor('ftp://jaeger'));
  assert.equal(told.tracing.enabled, false);
  assert.match(
    told.problems.join('\n'),
    /^Tracing could not be started and stays off\..*OTEL_CONFIG\.endpoint/,
  );
  await told.tracing.shutdown();
});

test('the complaints of the SDK come through the same hook', async () => {
  process.env.OTEL_BSP_MAX_QUEUE_SIZE = 'many';
  const receiver = await startOtlpReceiver();
  const told = await start(settingsFor(receiver.url, { excludedUrls: ['v2/(auth'] }));
  assert.equal(told.tracing.enabled, true);
  assert.match(told.problems.join('\n'), /OTEL_TRACING_EXCLUDED_URLS: the expression "v2\/\(auth"/);
  assert.match(told.problems.join('\n'), /OpenTelemetry: .*OTEL_BSP_MAX_QUEUE_SIZE/);
  await receiver.stop();
});
