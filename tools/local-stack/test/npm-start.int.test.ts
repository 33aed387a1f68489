import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { EVERY_APP } from '@quay-observability/metric-catalogue';
import { checkRegistration, parseExposition } from '@quay-observability/python-oracle';
import {
  queryPrometheus,
  removeFolder,
  requireProgram,
  temporaryFolder,
  waitUntil,
} from '@quay-observability/testkit';
import { pullsOf } from '../src/pull-count.ts';
import type { StackState } from '../src/state-file.ts';

const WORKSPACE = join(import.meta.dirname, '../../..');
const START_TIMEOUT_MS = 120_000;

let folder: string;
let stack: ChildProcess;
let output = '';

/** What a user may have exported for other work; the stack must not follow it. */
const EXPORTED = {
  DB_URI: 'postgresql://quay:secret@127.0.0.1:1/production',
  BUILDLOGS_REDIS: '{"host": "127.0.0.1", "port": 1}',
  USER_EVENTS_REDIS: '{"host": "127.0.0.1", "port": 1}',
  PULL_METRICS_REDIS: '{"host": "127.0.0.1", "port": 1}',
  QUAY_OVERRIDE_CONFIG: '{"DB_URI": "mysql://production/quay"}',
  PGPORT: '1',
  MIGRATION_FORCE_PYTHON: 'true',
  SWITCH_CONTROLLER_URL: 'http://127.0.0.1:1',
};
let state: StackState;

/** Runs what `npm start` runs, from another folder, as npm does. */
function start(stateFile: string): ChildProcess {
  const child = spawn(
    process.execPath,
    [join(WORKSPACE, 'tools/bootstrap/bootstrap.mjs'), 'start', '--state', stateFile],
    {
      cwd: WORKSPACE,
      env: { ...process.env, ...EXPORTED, INIT_CWD: folder, TMPDIR: folder },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return child;
}

async function whenReady(child: ChildProcess, file: string): Promise<StackState> {
  await waitUntil('the state file', () => child.exitCode !== null || existsSync(file), {
    timeoutMs: START_TIMEOUT_MS,
    intervalMs: 200,
  });
  assert.equal(child.exitCode, null, output);
  return JSON.parse(readFileSync(file, 'utf8')) as StackState;
}

before(async () => {
  folder = temporaryFolder('npm-start');
  // PostgreSQL, which does not run as root, has to get through.
  chmodSync(folder, 0o755);
  stack = start('state.json');
  state = await whenReady(stack, join(folder, 'state.json'));
});
after(async () => {
  if (stack.exitCode === null && stack.signalCode === null) {
    stack.kill('SIGTERM');
    await once(stack, 'exit');
  }
  removeFolder(folder);
});

test('the state file names all six apps and every server', () => {
  assert.deepEqual(Object.keys(state.apps).sort(), [...EVERY_APP].sort());
  for (const server of ['database', 'redis', 'prometheus', 'pushgateway', 'registry'] as const) {
    assert.match(state[server] ?? 'absent', /^(postgresql|redis|http):\/\//, server);
  }
  assert.deepEqual(
    Object.entries(state.apps).flatMap(([name, { url }]) => (url === null ? [] : [name])),
    ['switch-controller', 'registry-metrics'],
  );
  assert.deepEqual(
    Object.entries(state.apps).flatMap(([name, { listeners }]) =>
      Object.keys(listeners).map((listener) => `${name} ${listener}`),
    ),
    ['api-health health'],
  );
  assert.match(state.switchToken, /^\S{20,}$/);
});

test('once the state file is there every app is ready, whatever the user has exported', async () => {
  for (const [name, { admin }] of Object.entries(state.apps)) {
    const response = await fetch(`${admin}/readyz`);
    assert.equal(response.status, 200, `${name}: ${await response.text()}`);
  }
});

test('the health endpoints answer for the stack, and what they find shows in the metrics', async () => {
  const api = state.apps['api-health'];
  assert.ok(api);
  assert.ok(output.includes(`${api.listeners.health}/health/instance`) && output.includes('  health '));
  const answer = await fetch(`${api.listeners.health}/status`);
  const { data } = (await answer.json()) as { data: { services: Record<string, boolean> } };
  assert.equal(data.services.database, true);
  assert.equal(data.services.redis, true);
  const metrics = await (await fetch(`${api.admin}/metrics`)).text();
  for (const check of ['quay/database', 'quay/redis', 'database'])
    assert.match(metrics, new RegExp(`^quay_health_check_up\\{check="${check}",runtime="go"\\} 1$`, 'm'));
});

for (const app of EVERY_APP) {
  test(`${app} registers what the catalogue assigns to it, as the new runtime, and promtool accepts it`, async () => {
    const response = await fetch(`${state.apps[app]?.admin}/metrics`);
    assert.equal(response.status, 200);
    const exposition = await response.text();
    const registered = parseExposition(exposition);
    assert.deepEqual(checkRegistration(app, registered), []);
    const samples = exposition.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    assert.ok(samples.length > 0);
    assert.deepEqual(
      samples.filter((line) => !/[{,]runtime="go"[,}]/.test(line)),
      [],
    );
    assertPromtoolApproves(exposition, app);
  });
}

test('each worker says in its log that its programs belong to python', () => {
  for (const app of EVERY_APP.filter((name) => name.endsWith('-worker'))) {
    const [logFile = ''] = globSync(join(folder, `*/${app}/${app}.log`));
    assert.match(readFileSync(logFile, 'utf8'), /Idle: \S+ belongs to python\./, app);
  }
});

test('each further pull arrives in Prometheus, under the name of Python and the runtime of the new one', async () => {
  const url = state.apps['registry-metrics']?.url ?? '';
  const query = `sum(quay_registry_image_pulls_total{runtime="go",process_name="registry-metrics",protocol="v2",ref="tag",status="200"})`;
  const pullsSeen = async () => (await queryPrometheus(state.prometheus ?? '', query))[0]?.value ?? 0;
  // The client that showed off at the start pulled at least once.
  const before = await waitUntil('the first pull', async () => {
    const seen = await pullsSeen();
    return seen > 0 && seen;
  });
  for (let pull = 0; pull < 3; pull += 1) {
    const response = await fetch(`${url}/v2/demo/hello/manifests/latest`, {
      headers: { accept: 'application/vnd.oci.image.manifest.v1+json' },
    });
    assert.equal(response.status, 200);
    assert.equal(((await response.json()) as { layers: unknown[] }).layers.length, 3);
  }
  await waitUntil('three more pulls', async () => (await pullsSeen()) === before + 3);
});

test('a pull of the demo image is tracked in Redis under the id of its repository', async () => {
  const { port } = new URL(state.redis ?? '');
  const ask = (...command: string[]): string[] => {
    const { stdout, status } = spawnSync('redis-cli', ['-p', port, '-n', '1', ...command], {
      encoding: 'utf8',
    });
    assert.equal(status, 0);
    return stdout.trim().split('\n');
  };
  const keys = await waitUntil('tracked pulls', () => {
    const found = ask('--scan', '--pattern', 'pull_events:*').filter((key) => key !== '');
    return found.length > 0 && found;
  });
  for (const key of keys) {
    assert.match(key, /^pull_events:repo:1:(?:tag:latest:|digest:)sha256:[0-9a-f]{64}$/);
    assert.ok(Number(ask('HGET', key, 'pull_count')[0]) >= 1);
  }
});

test('one change of an owner reaches all six apps, and a pull that is then served by Python is not counted', async () => {
  const controller = state.apps['switch-controller']?.url ?? '';
  const gateway = state.apps['registry-metrics'];
  assert.ok(gateway);
  const read = async <T>(path: string) => (await (await fetch(`${controller}${path}`)).json()) as T;
  const { version } = await read<{ version: number }>('/v1/snapshot');
  const change = { version, owners: { ROUTE_OWNER_CAP_V2_PULL: 'python' }, reason: 'a test' };
  const answer = await fetch(`${controller}/v1/snapshot`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/merge-patch+json', authorization: `Bearer ${state.switchToken}` },
    body: JSON.stringify(change),
  });
  assert.equal(answer.status, 200, await answer.text());
  const { processes } = await waitUntil('all processes to follow', async () => {
    const report = await read<{ pending: number; processes: { process_name: string; version: number }[] }>(
      '/v1/processes',
    );
    return report.pending === 0 && report.processes.length === EVERY_APP.length && report;
  });
  assert.deepEqual(processes.map((process) => process.process_name).sort(), [...EVERY_APP].sort());
  assert.ok(processes.every((process) => process.version === version + 1));

  const pullsBefore = await pullsOf(gateway.admin);
  const pulled = await fetch(`${gateway.url}/v2/demo/hello/manifests/latest`, {
    headers: { accept: 'application/vnd.oci.image.manifest.v1+json' },
  });
  assert.equal(pulled.status, 200);
  await pulled.arrayBuffer();
  assert.equal(await pullsOf(gateway.admin), pullsBefore);
  const exposition = await (await fetch(`${gateway.admin}/metrics`)).text();
  assert.match(exposition, /quay_switch_owner_decision_total\{[^}]*capability="V2_PULL",owner="python"/);
});

test('Prometheus has loaded the alerts, and none fires', async () => {
  const answer = await fetch(`${state.prometheus}/api/v1/rules?type=alert`);
  const { data } = (await answer.json()) as {
    data: { groups: { rules: { name: string; state: string }[] }[] };
  };
  const rules = data.groups.flatMap((group) => group.rules);
  assert.ok(rules.length > 0);
  assert.deepEqual(
    rules.filter((rule) => rule.state === 'firing').map((rule) => rule.name),
    [],
  );
});

test('an app that dies is shown, with its log, and the others stay', async () => {
  const victim = state.apps['gc-worker'];
  assert.ok(victim);
  process.kill(victim.pid, 'SIGKILL');
  await waitUntil(
    'the notice',
    () => output.includes('gc-worker: down (SIGKILL)') && output.includes('gc-worker ended'),
  );
  assert.equal(stack.exitCode, null);
});

test('a second start beside it takes other ports', async () => {
  const second = start('second.json');
  const other = await whenReady(second, join(folder, 'second.json'));
  const ports = [state, other].map((one) => [
    one.database,
    one.redis,
    one.prometheus,
    ...Object.values(one.apps).map(({ admin }) => admin),
  ]);
  assert.ok(ports[0]?.every((address) => !ports[1]?.includes(address)));
  // Whoever loses the terminal or the parent must not leave a stack behind.
  second.kill('SIGKILL');
  for (const [name, { pid }] of Object.entries(other.apps))
    await waitUntil(`${name} to end`, () => !isAlive(pid));
});

test('Ctrl-C ends all processes and removes all files', async () => {
  const pids = Object.values(state.apps).map(({ pid }) => pid);
  stack.kill('SIGINT');
  const [code] = (await once(stack, 'exit')) as [number | null];
  assert.equal(code, 0, output);
  assert.deepEqual(pids.filter(isAlive), []);
  await assert.rejects(fetch(state.prometheus ?? ''));
  await assert.rejects(fetch(state.registry ?? ''));
  await waitUntil('all files to go', () => readdirSync(folder).every((name) => name.endsWith('.json')));
});

/** Fails, with promtool's words, if it finds a fault. */
function assertPromtoolApproves(exposition: string, app: string): void {
  const { status, stderr } = spawnSync(requireProgram('promtool'), ['check', 'metrics'], {
    input: exposition,
    encoding: 'utf8',
  });
  assert.equal(status, 0, `${app}: ${stderr}`);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
