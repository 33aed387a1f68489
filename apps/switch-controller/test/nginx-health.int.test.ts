import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  freePort,
  nginxExample,
  startApp,
  startNginx,
  temporaryFolder,
  waitUntil,
  type NginxServer,
  type RunningApp,
} from '@quay-observability/testkit';

type Runtime = 'python' | 'go';

const SECRET = 'open-sesame-73';
const CACHE = 'no-cache, no-store, must-revalidate';
const PATHS = ['/health', '/health/instance', '/health/endtoend', '/health/warning', '/status'];

const switchFile = join(temporaryFolder('switches'), 'switches.json');
const ports: Record<Runtime, number> = { python: 0, go: 0 };
const servers: Partial<Record<Runtime, Server>> = {};
/** What health says; `/health/warning` is always well. */
const status: Record<Runtime, number> = { python: 200, go: 200 };
let version = 0;
let controller: RunningApp;
let controllerPort: number | undefined;
let nginx: NginxServer;
let logFile: string;

before(async () => {
  publish('python');
  for (const name of ['python', 'go'] as const) {
    ports[name] = await freePort();
    await startRuntime(name);
  }
  controller = await startController();
  nginx = await startNginx({
    config: (place) => {
      logFile = join(place.dir, 'health.log');
      return nginxExample('health-owner.conf', {
        '127.0.0.1:8081': `http://127.0.0.1:${controllerPort}`,
        '127.0.0.1:8090': `http://127.0.0.1:${ports.go}`,
        '127.0.0.1:8443': `http://127.0.0.1:${ports.python}`,
      })(place).replace('/var/log/nginx/quay-health.log', logFile);
    },
  });
});
after(async () => {
  await Promise.all([nginx.stop(), controller.stop()]);
  await Promise.all([stopRuntime('python'), stopRuntime('go')]);
});

async function startController(): Promise<RunningApp> {
  controllerPort ??= await freePort();
  const app = await startApp(join(import.meta.dirname, '..'), {
    SWITCH_STORE: 'file',
    SWITCH_FILE: switchFile,
    SWITCH_POLL_MIN_SECONDS: '1',
    SWITCH_POLL_MAX_SECONDS: '1',
    LISTEN_PORT: String(controllerPort),
  });
  await waitUntil(
    'the snapshot',
    async () => (await fetch(`http://127.0.0.1:${controllerPort}/v1/snapshot`)).ok,
  );
  return app;
}

function publish(owner: Runtime): void {
  version += 1;
  const owners = { ROUTE_OWNER_FAMILY_OTHER: owner };
  writeFileSync(switchFile, JSON.stringify({ version, updated_at: new Date().toISOString(), owners }));
}

/** A runtime's health endpoints: says who it is, and hands on what it was sent. */
async function startRuntime(name: Runtime): Promise<void> {
  const server = createServer((incoming, response) => {
    const { url = '', headers } = incoming;
    const isDebug = url.startsWith('/health/enabledebug/');
    response.writeHead(url === '/health/warning' || isDebug ? 200 : status[name], {
      'Content-Type': isDebug ? 'text/html; charset=utf-8' : 'application/json',
      'Cache-Control': CACHE,
      ...(isDebug && {
        'Set-Cookie': [`debug=${name}; Path=/; HttpOnly; SameSite=Lax`, `other=${name}; Path=/`],
      }),
    });
    response.end(JSON.stringify({ name, url, cookie: headers.cookie, host: headers.host }));
  });
  servers[name] = server;
  await once(server.listen(ports[name], '127.0.0.1'), 'listening');
}

async function stopRuntime(name: Runtime): Promise<void> {
  servers[name]?.closeAllConnections();
  await new Promise((resolve) => servers[name]?.close(resolve));
}

type Answer = {
  status: number;
  name?: string;
  url?: string;
  cookie?: string;
  headers: Headers;
  text: string;
};

async function ask(path: string, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(`${nginx.url}${path}`, { headers });
  const text = await response.text();
  const told = text.startsWith('{') ? (JSON.parse(text) as Partial<Answer>) : {};
  return { ...told, status: response.status, headers: response.headers, text };
}

function follows(owner: Runtime): Promise<unknown> {
  return waitUntil(`nginx to follow ${owner}`, async () => (await ask('/health/warning')).name === owner);
}

test('all health paths go to their owner, and follow a change and its rollback', async () => {
  for (const owner of ['go', 'python', 'go'] as const) {
    publish(owner);
    await follows(owner);
    for (const path of PATHS) {
      const { name, url } = await ask(`${path}?a=1`);
      assert.deepEqual([name, url], [owner, `${path}?a=1`]);
    }
    assert.equal((await ask('/healthy')).name, 'python');
    assert.equal((await ask('/statuspage')).name, 'python');
  }
});

test('what the owner says passes as it is: status, body, cookies and cache headers', async () => {
  publish('go');
  await follows('go');
  status.go = 503;
  const unwell = await ask('/health/instance', { cookie: 'debug=go; a=b' });
  status.go = 200;
  assert.deepEqual([unwell.status, unwell.name, unwell.cookie], [503, 'go', 'debug=go; a=b']);
  assert.equal(unwell.headers.get('cache-control'), CACHE);
  assert.equal(unwell.headers.get('content-type'), 'application/json');
  assert.deepEqual([...unwell.headers.keys()].sort(), [
    'cache-control',
    'connection',
    'content-type',
    'date',
    'server',
    'transfer-encoding',
  ]);

  const debug = await ask(`/health/enabledebug/${SECRET}`);
  assert.deepEqual([debug.status, debug.name], [200, 'go']);
  assert.equal(debug.headers.get('cache-control'), CACHE);
  assert.deepEqual(debug.headers.getSetCookie(), [
    'debug=go; Path=/; HttpOnly; SameSite=Lax',
    'other=go; Path=/',
  ]);
});

test('both runtimes are monitored under paths of their own, whoever is the owner, and only from here', async () => {
  for (const owner of ['python', 'go'] as const) {
    publish(owner);
    await follows(owner);
    for (const name of ['python', 'go'] as const)
      for (const path of PATHS) {
        const answer = await ask(`/_monitor/${name}${path}`);
        assert.deepEqual([answer.name, answer.url, answer.status], [name, path, 200]);
      }
  }
  for (const path of [
    '/_monitor/',
    '/_monitor/rust/health',
    '/_monitor/go/',
    '/_monitor/go/api/v1/user',
    '/_monitor/go/health/../api/v1/user',
    `/_monitor/go/health/enabledebug/${SECRET}`,
    '/_quay_health_owner',
  ])
    assert.equal((await ask(path)).status, 404, path);
  const stranger = request(`${nginx.url}/_monitor/go/health`, { localAddress: '127.0.0.2' }).end();
  const [response] = (await once(stranger, 'response')) as [{ statusCode: number; resume(): void }];
  response.resume();
  assert.equal(response.statusCode, 403);
});

test('Python answers for an owner that is away, and nobody for Python', async () => {
  publish('go');
  await follows('go');
  await stopRuntime('go');
  for (const path of PATHS)
    assert.deepEqual([(await ask(path)).name, (await ask(path)).status], ['python', 200]);
  // Monitoring is told the truth, and a session is opened by its owner or by nobody.
  assert.equal((await ask('/_monitor/go/health/instance')).status, 502);
  assert.equal((await ask('/_monitor/python/health/instance')).status, 200);
  assert.equal((await ask(`/health/enabledebug/${SECRET}`)).status, 502);
  await startRuntime('go');
  await follows('go');

  publish('python');
  await follows('python');
  await stopRuntime('python');
  assert.equal((await ask('/health/instance')).status, 502);
  assert.equal((await ask('/_monitor/go/health/instance')).name, 'go');
  await startRuntime('python');
  await follows('python');
});

test('while the controller is away Python answers', async () => {
  publish('go');
  await follows('go');
  await controller.stop();
  for (const path of ['/health/instance', `/health/enabledebug/${SECRET}`])
    assert.equal((await ask(path)).name, 'python');
  // Both at once: the error log of nginx has every chance to tell.
  await stopRuntime('python');
  for (const path of ['/health/instance', `/health/enabledebug/${SECRET}`])
    assert.equal((await ask(path)).status, 502);
  await startRuntime('python');
  controller = await startController();
  await follows('go');
});

test('the secret is in no log, however its path is written', async () => {
  for (const path of [
    `/health/enabledebug/${SECRET}`,
    `/health/%65nabledebug/${SECRET}?x=1`,
    `//health//enabledebug//${SECRET}`,
    `/health/./enabledebug/${SECRET}/more`,
    `/Health/EnableDebug/${SECRET}`,
  ]) {
    const sent = request({ host: '127.0.0.1', port: nginx.port, path }).end();
    const [response] = (await once(sent, 'response')) as [{ statusCode: number; resume(): void }];
    response.resume();
    assert.equal(response.statusCode, 200, path);
  }
  const filtered = await waitUntil('the log', () => {
    const log = readFileSync(logFile, 'utf8');
    return log.split('"GET /health/enabledebug/[FILTERED]" 200').length > 4 && log;
  });
  assert.match(filtered, /"GET \/health\/instance" 503 127\.0\.0\.1:\d+ \(200 go\) [\d.]+$/m);
  assert.ok(!filtered.includes(SECRET));
  assert.match(nginx.log(), /connect\(\) failed .* request: "GET \/health\/instance/);
  assert.ok(!nginx.log().includes(SECRET));
  assert.ok(!controller.process.log().includes(SECRET));
});
