import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  freePort,
  startPostgres,
  startRedis,
  waitUntil,
  type PostgresServer,
  type Server,
} from '@quay-observability/testkit';
import { spawnLogged, type LoggedProcess } from './spawn-logged.ts';

const FIXTURE = join(import.meta.dirname, 'fixtures/app.ts');

type Running = LoggedProcess & { adminUrl: string };

const children: ChildProcess[] = [];

function spawnApp(env: Record<string, string>): LoggedProcess {
  const app = spawnLogged(FIXTURE, env);
  // A test that fails must not leave its app behind.
  children.push(app.child);
  return app;
}

async function startApp(env: Record<string, string>): Promise<Running> {
  const app = spawnApp(env);
  const up = await waitUntil('the app to be up', () =>
    app.lines.find(({ message }) => message === 'gc-worker is up.'),
  );
  return { ...app, adminUrl: String(up.data.adminUrl) };
}

async function get(url: string): Promise<{ status: number; text: string; headers: Headers }> {
  const response = await fetch(url);
  return { status: response.status, text: await response.text(), headers: response.headers };
}

let postgres: PostgresServer;
let redis: Server;
let env: Record<string, string>;

before(async () => {
  [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  env = { DB_URI: postgres.uri, USER_EVENTS_REDIS: JSON.stringify({ host: '127.0.0.1', port: redis.port }) };
});
after(async () => {
  for (const child of children) child.kill('SIGKILL');
  await Promise.all([postgres.stop(), redis.stop()]);
});

test('an app serves metrics and probes on its admin listener and stops on SIGTERM', async () => {
  const app = await startApp(env);
  const ready = await waitUntil('the app to be ready', async () => {
    const answer = await get(`${app.adminUrl}/readyz`);
    return answer.status === 200 && answer;
  });
  assert.equal(ready.text, 'ok\n');
  assert.match(
    (await get(`${app.adminUrl}/readyz?verbose`)).text,
    /^\[\+\]database ok\n\[\+\]redis \(USER_EVENTS_REDIS\) ok\nreadyz check passed\n$/,
  );
  assert.equal((await get(`${app.adminUrl}/livez`)).text, 'ok\n');
  assert.equal((await get(`${app.adminUrl}/elsewhere`)).status, 404);
  const { text, headers } = await get(`${app.adminUrl}/metrics`);
  assert.equal(headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
  assert.equal(headers.get('content-encoding'), 'gzip');
  assert.equal(headers.get('x-powered-by'), null);
  assert.match(text, /^quay_gc_iterations_total\{runtime="go"\} 0$/m);
  assert.match(
    text,
    /^quay_http_requests_total\{listener="admin",method="GET",status="200",runtime="go"\} [1-9]/m,
  );
  assert.match(
    text,
    /^quay_http_requests_total\{listener="admin",method="GET",status="404",runtime="go"\} 1$/m,
  );
  assert.match(text, /^quay_http_requests_in_flight\{listener="admin",runtime="go"\} 1$/m);
  assert.match(text, /^quay_app_info\{app="gc-worker",version="[^"]+",runtime="go"\} 1$/m);
  const count = (name: string) =>
    Number(new RegExp(`^${name}\\{runtime="go"\\} (\\d+)$`, 'm').exec(text)?.[1]);
  // The one read of the app; the probes' own connections are not counted.
  assert.equal(count('quay_db_connect_calls_total'), 1);
  assert.equal(count('quay_db_close_calls_total'), 1);
  assert.equal(count('quay_db_pooled_connections_in_use'), 0);
  app.child.kill('SIGTERM');
  assert.equal(await app.ended, 0);
  assert.equal(app.lines.at(-1)?.message, 'Stopped.');
});

test('work in hand is finished within the grace period', async () => {
  const app = await startApp({ ...env, BEHAVIOUR: 'slow' });
  app.child.kill('SIGTERM');
  const duringStop = await waitUntil('the app to be unready', async () => {
    const answer = await get(`${app.adminUrl}/readyz`);
    return answer.status === 503 && answer;
  });
  assert.match(duringStop.text, /shutdown failed: the app is stopping/);
  assert.equal(await app.ended, 0);
  assert.ok(app.lines.some(({ message }) => message === 'work finished'));
});

test('work that does not end is cut off at the end of the grace period, with status 1 and its code', async () => {
  const app = await startApp({ ...env, BEHAVIOUR: 'stuck', SHUTDOWN_GRACE_SECONDS: '0.5' });
  app.child.kill('SIGTERM');
  assert.equal(await app.ended, 1);
  assert.match(JSON.stringify(app.lines), /SHUTDOWN_TIMED_OUT/);
});

for (const behaviour of ['throw', 'reject']) {
  test(`an uncaught error (${behaviour}) is logged and ends the process with status 1`, async () => {
    const app = spawnApp({ ...env, BEHAVIOUR: behaviour });
    assert.equal(await app.ended, 1);
    const last = app.lines.at(-1);
    assert.equal(last?.levelname, 'CRITICAL');
    assert.match(JSON.stringify(last?.data), /boom/);
  });
}

test('all faults of the configuration are told at once, and the status is 78', async () => {
  const app = spawnApp({
    ...env,
    ADMIN_PORT: 'x',
    METRICS_MAX_SERIES: '0',
    PULL_METRICS_REDIS: '{"port": "y", "password": "hunter2"}',
  });
  assert.equal(await app.ended, 78);
  const text = JSON.stringify(app.lines);
  for (const key of ['ADMIN_PORT', 'METRICS_MAX_SERIES', 'PULL_METRICS_REDIS.port'])
    assert.ok(text.includes(key), key);
  assert.ok(!text.includes('hunter2'));
});

test('a port in use is told with the names of the settings', async () => {
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
  const { port } = holder.address() as { port: number };
  const app = spawnApp({ ...env, ADMIN_PORT: String(port) });
  assert.equal(await app.ended, 1);
  assert.match(app.lines.at(-1)?.message ?? '', new RegExp(`ADMIN_PORT=${port}: EADDRINUSE`));
  holder.close();
});

test('without the database or Redis the app stays up, says what is wrong, and recovers by itself', async () => {
  const ownRedis = await startRedis();
  const ownPostgres = await startPostgres();
  const app = await startApp({
    DB_URI: ownPostgres.uri,
    USER_EVENTS_REDIS: JSON.stringify({ host: '127.0.0.1', port: ownRedis.port }),
  });
  const readyz = (status: number, pattern: RegExp) =>
    waitUntil(`readyz ${status} ${pattern.source}`, async () => {
      const answer = await get(`${app.adminUrl}/readyz`);
      return answer.status === status && pattern.test(answer.text) && answer;
    });
  await readyz(200, /ok/);
  ownRedis.signal('SIGKILL');
  await readyz(503, /\[\+\]database ok\n\[-\]redis \(USER_EVENTS_REDIS\) failed: /);
  ownPostgres.signal('SIGKILL');
  await readyz(503, /\[-\]database failed: .*\n\[-\]redis \(USER_EVENTS_REDIS\) failed: /);
  assert.equal((await get(`${app.adminUrl}/livez`)).status, 200);
  assert.equal((await get(`${app.adminUrl}/metrics`)).status, 200);
  await Promise.all([ownRedis.restart(), ownPostgres.restart()]);
  await readyz(200, /ok/);
  app.child.kill('SIGTERM');
  assert.equal(await app.ended, 0);
  await Promise.all([ownRedis.stop(), ownPostgres.stop()]);
});

test('a signal while the app starts ends it cleanly, and it is not ready before it has started', async () => {
  const port = await freePort();
  const app = spawnApp({ ...env, BEHAVIOUR: 'slow-start', ADMIN_PORT: String(port) });
  const starting = await waitUntil('the admin listener', async () => {
    const answer = await get(`http://127.0.0.1:${port}/readyz`);
    return answer.status === 503 && answer;
  });
  assert.match(starting.text, /\[-\]startup failed: the app is starting/);
  app.child.kill('SIGTERM');
  assert.equal(await app.ended, 0);
  assert.equal(app.lines.at(-1)?.message, 'Stopped.');
});

test('after SIGTERM an app is unready but serves for the delay', async () => {
  const app = await startApp({ ...env, SHUTDOWN_DELAY_SECONDS: '1', SHUTDOWN_GRACE_SECONDS: '10' });
  app.child.kill('SIGTERM');
  await waitUntil('the app to be unready', async () => (await get(`${app.adminUrl}/readyz`)).status === 503);
  assert.ok(!app.lines.some(({ message }) => message === 'work finished'));
  assert.equal(await app.ended, 0);
  assert.ok(app.lines.some(({ message }) => message === 'work finished'));
});

test('a stop that throws at once does not keep the rest from closing', async () => {
  const app = await startApp({ ...env, BEHAVIOUR: 'throwing-stop' });
  app.child.kill('SIGTERM');
  assert.equal(await app.ended, 1);
  assert.deepEqual(app.lines.at(-1)?.data, { drained: false, closed: true });
});

test('a large exposition arrives whole, compressed and not', async () => {
  const app = await startApp({ ...env, BEHAVIOUR: 'large' });
  const plain = await fetch(`${app.adminUrl}/metrics`, { headers: { 'accept-encoding': 'identity' } });
  const text = await plain.text();
  assert.equal(plain.headers.get('content-encoding'), null);
  assert.equal(Number(plain.headers.get('content-length')), Buffer.byteLength(text));
  assert.equal(text.match(/^quay_gc_table_rows_deleted_total\{table="Tag",runtime="go"\} 7$/gm)?.length, 1);
  const lines = (body: string) =>
    body.split('\n').filter((line) => line.startsWith('quay_worker_operation_duration')).length;
  const compressed = await get(`${app.adminUrl}/metrics`);
  assert.equal(compressed.headers.get('content-encoding'), 'gzip');
  assert.equal(lines(compressed.text), lines(text));
  const head = await fetch(`${app.adminUrl}/metrics`, { method: 'HEAD' });
  assert.equal(head.status, 200);
  app.child.kill('SIGTERM');
  assert.equal(await app.ended, 0);
});
