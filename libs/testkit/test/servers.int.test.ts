import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import {
  freePort,
  queryPrometheus,
  startAlertmanager,
  startPostgres,
  startPrometheus,
  startPushgateway,
  startRedis,
  startRegistry,
  temporaryFolder,
  waitUntil,
  launch,
} from '../src/index.ts';

test('PostgreSQL survives a kill with its rows and its port, and leaves nothing behind', async () => {
  const postgres = await startPostgres();
  await postgres.query('CREATE TABLE kept (n integer)');
  await postgres.query('INSERT INTO kept VALUES ($1)', [7]);
  const firstPid = postgres.pid;
  await postgres.kill();
  await assert.rejects(postgres.query('SELECT 1'));
  assert.equal(postgres.exit()?.signal, 'SIGKILL');
  await postgres.restart();
  assert.notEqual(postgres.pid, firstPid);
  assert.deepEqual(await postgres.query('SELECT n FROM kept'), [{ n: 7 }]);
  await postgres.stop();
  assert.equal(existsSync(postgres.dir), false);
  assert.equal(isAlive(postgres.pid), false);
});

test('a frozen Redis answers again after SIGCONT, a persistent one keeps its data over a kill', async () => {
  const redis = await startRedis({ persistent: true });
  assert.equal(await redisCommand(redis.port, 'SET a 1'), '+OK');
  redis.signal('SIGSTOP');
  assert.equal(await redisCommand(redis.port, 'PING'), 'no answer');
  redis.signal('SIGCONT');
  assert.equal(await redisCommand(redis.port, 'PING'), '+PONG');
  await redis.kill();
  await redis.restart();
  assert.equal(await redisCommand(redis.port, 'GET a'), '$1\r\n1');
  redis.signal('SIGSTOP');
  await redis.stop();
  assert.equal(isAlive(redis.pid), false);
});

test('Prometheus reads what was pushed to the Pushgateway, also after a new configuration', async () => {
  const pushgateway = await startPushgateway();
  const prometheus = await startPrometheus({ configYaml: '{}' });
  try {
    await prometheus.reload(`
global: { scrape_interval: 1s }
scrape_configs:
  - job_name: pushed
    honor_labels: true
    static_configs: [{ targets: ['127.0.0.1:${pushgateway.port}'] }]
`);
    const push = await fetch(`${pushgateway.url}/metrics/job/quay`, { method: 'PUT', body: 'a_total 3\n' });
    assert.equal(push.status, 200);
    const [sample] = await waitUntil('the pushed sample', async () => {
      const found = await queryPrometheus(prometheus.url, 'a_total');
      return found.length > 0 && found;
    });
    assert.equal(sample?.value, 3);
    assert.equal(sample.labels.job, 'quay');
    await assert.rejects(queryPrometheus(prometheus.url, 'a_total{'), /parse error/);
    await assert.rejects(prometheus.reload('nonsense: 1'), /nonsense/);
  } finally {
    await Promise.all([prometheus.stop(), pushgateway.stop()]);
  }
});

test('the registry and the Alertmanager serve', async () => {
  const registry = await startRegistry({ deletes: true });
  const alertmanager = await startAlertmanager();
  try {
    assert.equal(
      (await fetch(`${registry.url}/v2/`)).headers.get('docker-distribution-api-version'),
      'registry/2.0',
    );
    assert.equal((await fetch(`${alertmanager.url}/api/v2/status`)).status, 200);
  } finally {
    await Promise.all([registry.stop(), alertmanager.stop()]);
  }
});

test('a server that cannot start is reported with its own words', async () => {
  const redis = await startRedis();
  try {
    await assert.rejects(
      startRedis({ args: ['--no-such-setting', '1'] }),
      /redis ended \(code 1\).*no-such-setting/s,
    );
    const silent = {
      name: 'silent',
      command: '/bin/sleep',
      args: ['60'],
      cwd: redis.dir,
      logFile: `${redis.dir}/silent.log`,
    };
    const never = () => Promise.reject(new Error('nobody there'));
    await assert.rejects(
      launch({ ...silent, ready: never, readyTimeoutMs: 100 }),
      /not ready within 100 ms.*nobody there/,
    );
    await assert.rejects(launch({ ...silent, command: '/no/such/program', ready: never }), /code 127/);
  } finally {
    await redis.stop();
  }
});

test('servers and folders are gone after the process that started them was killed', async () => {
  const folder = temporaryFolder('outlives');
  const index = new URL('../src/index.ts', import.meta.url).href;
  const script = `
    const { startRedis, startPostgres } = await import(${JSON.stringify(index)});
    const servers = await Promise.all([startRedis(), startPostgres()]);
    console.log(JSON.stringify(servers.map(({ pid, dir }) => ({ pid, dir }))));
    setInterval(() => undefined, 1000);`;
  const child = spawn(
    process.execPath,
    ['--conditions=@quay-observability/source', '--input-type=module', '-e', script],
    {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const servers = JSON.parse(line.toString()) as { pid: number; dir: string }[];
  assert.equal(servers.length, 2);
  for (const { pid, dir } of servers) assert.ok(isAlive(pid) && existsSync(dir));
  child.kill('SIGKILL');
  for (const { pid, dir } of servers) {
    await waitUntil(`process ${pid} to end`, () => !isAlive(pid));
    await waitUntil(`${dir} to go`, () => !existsSync(dir));
  }
});

test('free ports are never given twice', async () => {
  const ports = await Promise.all(Array.from({ length: 50 }, freePort));
  assert.equal(new Set(ports).size, 50);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function redisCommand(port: number, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.setTimeout(300, () => {
      socket.destroy();
      resolve('no answer');
    });
    socket.once('error', reject);
    socket.write(`${command}\r\n`);
    socket.once('data', (data) => {
      socket.destroy();
      resolve(data.toString().trim());
    });
  });
}
