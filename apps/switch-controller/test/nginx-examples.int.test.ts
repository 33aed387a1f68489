import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import {
  freePort,
  nginxExample,
  requireProgram,
  startApp,
  startNginx,
  temporaryFolder,
  waitUntil,
  type NginxServer,
  type RunningApp,
} from '@quay-observability/testkit';

const FETCH_MAP = join(import.meta.dirname, '../../../deploy/nginx/fetch-owner-map.sh');
const run = promisify(execFile);
const switchFile = join(temporaryFolder('switches'), 'switches.json');
const runtimes = { python: runtime('python'), go: runtime('go') };
let version = 0;
let port: number;
let controller: RunningApp;
let byRequest: NginxServer;
let byMap: NginxServer;

before(async () => {
  publish('go');
  port = await freePort();
  controller = await startController();
  await Promise.all(
    Object.values(runtimes).map((server) => once(server.listen(0, '127.0.0.1'), 'listening')),
  );
  const servers = { '127.0.0.1:8443': urlOf('python'), '127.0.0.1:8080': urlOf('go') };
  byRequest = await startNginx({
    config: nginxExample('owner-auth-request.conf', { ...servers, '127.0.0.1:8081': controllerUrl() }),
  });
  byMap = await startNginx({ config: nginxExample('owner-map.conf', servers) });
});

after(async () => {
  await Promise.all([byRequest.stop(), byMap.stop(), controller.stop()]);
  for (const server of Object.values(runtimes)) {
    server.close();
    server.closeAllConnections();
  }
});

/** Says its name, and how many bytes it was sent. */
function runtime(name: string) {
  return createServer((request, response) => {
    let sizeBytes = 0;
    request.on('data', (chunk: Buffer) => (sizeBytes += chunk.length));
    request.on('end', () => response.end(`${name} ${request.method} ${request.url} ${sizeBytes}`));
  });
}

function urlOf(name: keyof typeof runtimes): string {
  return `http://127.0.0.1:${(runtimes[name].address() as AddressInfo).port}`;
}

function controllerUrl(): string {
  return `http://127.0.0.1:${port}`;
}

async function startController(): Promise<RunningApp> {
  const app = await startApp(join(import.meta.dirname, '..'), {
    SWITCH_STORE: 'file',
    SWITCH_FILE: switchFile,
    SWITCH_POLL_MIN_SECONDS: '1',
    SWITCH_POLL_MAX_SECONDS: '1',
    SWITCH_STATE_DIR: temporaryFolder('state'),
    LISTEN_PORT: String(port),
  });
  await waitUntil('the snapshot', async () => (await fetch(`${controllerUrl()}/v1/snapshot`)).ok);
  return app;
}

/** The owner of `/api`. */
function publish(owner: string): void {
  version += 1;
  const snapshot = {
    version,
    updated_at: new Date().toISOString(),
    owners: { ROUTE_OWNER_FAMILY_API_V1: owner },
  };
  writeFileSync(switchFile, JSON.stringify(snapshot));
}

async function ask(nginx: NginxServer, path = '/api/v1/user?a=1', init: RequestInit = {}): Promise<string> {
  const response = await fetch(`${nginx.url}${path}`, init);
  assert.equal(response.status, 200, path);
  return response.text();
}

function follows(nginx: NginxServer, owner: string): Promise<unknown> {
  return waitUntil(`nginx to route to ${owner}`, async () => (await ask(nginx)).startsWith(owner));
}

async function fetchMap(url = controllerUrl()): Promise<void> {
  const nginx = ['-p', byMap.dir, '-c', join(byMap.dir, 'nginx.conf'), '-e', 'stderr'];
  const PATH = [dirname(requireProgram('nginx')), process.env.PATH].join(delimiter);
  await run(FETCH_MAP, [url, mapFile(), ...nginx], { env: { PATH }, timeout: 10_000 });
}

function mapFile(): string {
  return join(byMap.dir, 'owners.map');
}

test('nginx asks the controller, and routes to the owner, bodies and all', async () => {
  assert.equal(await ask(byRequest), 'go GET /api/v1/user?a=1 0');
  const body = 'x'.repeat(300_000);
  assert.equal(await ask(byRequest, '/api/v1/user', { method: 'POST', body }), 'go POST /api/v1/user 300000');
  assert.equal(await ask(byRequest, '/oauth/authorize'), 'python GET /oauth/authorize 0');
  assert.equal((await fetch(`${byRequest.url}/_quay_owner`)).status, 404);
});

test('a rollback is followed', async () => {
  publish('python');
  await follows(byRequest, 'python');
  publish('go');
  await follows(byRequest, 'go');
});

test('while the controller hangs, is away, or is somebody else, every request is answered by Python', async () => {
  const answeredByPython = async (what: string): Promise<void> => {
    const started = performance.now();
    const answers = await Promise.all([
      ask(byRequest),
      ask(byRequest, '/api/v1/user', { method: 'POST', body: 'x'.repeat(300_000) }),
    ]);
    assert.deepEqual(answers, ['python GET /api/v1/user?a=1 0', 'python POST /api/v1/user 300000'], what);
    // The time limits of the example, and as much again for a busy machine.
    assert.ok(performance.now() - started < 1000, what);
  };
  controller.process.signal('SIGSTOP');
  await answeredByPython('hangs');
  await answeredByPython('hangs, and is asked again');
  await controller.stop();
  await answeredByPython('is away');
  for (const status of [204, 302, 401, 403, 404, 418, 500, 503]) {
    const stranger = createServer((_request, response) =>
      response.writeHead(status, { 'X-Quay-Owner': 'go', Location: '/' }).end(),
    ).listen(port, '127.0.0.1');
    await once(stranger, 'listening');
    await answeredByPython(`answers ${status}`);
    stranger.closeAllConnections();
    await new Promise((resolve) => stranger.close(resolve));
  }
  controller = await startController();
  await follows(byRequest, 'go');
});

test("the generated map: everything is Python's until it is fetched, then nginx follows it", async () => {
  assert.equal(await ask(byMap), 'python GET /api/v1/user?a=1 0');
  await fetchMap();
  await follows(byMap, 'go');
  assert.equal(await ask(byMap, '/oauth/authorize'), 'python GET /oauth/authorize 0');
  publish('python');
  await follows(byRequest, 'python');
  await fetchMap();
  await follows(byMap, 'python');
});

test('a map that cannot be had or used leaves the one in force', async () => {
  const inForce = readFileSync(mapFile(), 'utf8');
  await assert.rejects(fetchMap(`http://127.0.0.1:${await freePort()}`), /Failed to connect/);
  const strangers = {
    'a page of somebody else': '<html>map</html>\n',
    'half a map': 'map "$request_method:$uri" $quay_owner {\n    default go;\n',
    'what nginx refuses': 'map "$request_method:$uri" $quay_owner {\n    no such thing;\n}\n',
  };
  for (const [what, text] of Object.entries(strangers)) {
    const stranger = createServer((_request, response) => response.end(text)).listen(0, '127.0.0.1');
    await once(stranger, 'listening');
    const { port: strangersPort } = stranger.address() as AddressInfo;
    await assert.rejects(fetchMap(`http://127.0.0.1:${strangersPort}`), /the old one stays in force/, what);
    assert.equal(readFileSync(mapFile(), 'utf8'), inForce, what);
    stranger.closeAllConnections();
    stranger.close();
  }
  assert.equal(await ask(byMap), 'python GET /api/v1/user?a=1 0');
});
