import assert from 'node:assert/strict';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  freePort,
  scrape,
  startApp,
  startRedis,
  waitUntil,
  type RunningApp,
  type Server,
} from '@quay-observability/testkit';

const UP = 'quay_health_check_up{check="quay/redis"}';

let redis: Server;
let app: RunningApp;
let healthUrl: string;

before(async () => {
  redis = await startRedis();
  const healthPort = await freePort();
  healthUrl = `http://127.0.0.1:${healthPort}`;
  app = await startApp(join(import.meta.dirname, '../..'), {
    BUILDLOGS_REDIS: JSON.stringify({ host: '127.0.0.1', port: redis.port }),
    HEALTH_LISTEN_PORT: String(healthPort),
    HTTP_WORKERS: '2',
  });
  await waitUntil(
    'both workers',
    async () => (await (await fetch(`${app.adminUrl}/readyz?verbose`)).text()).includes('[+]http workers ok'),
    { timeoutMs: 60_000 },
  );
});

after(async () => {
  await app.stop();
  await redis.stop();
});

/** Whether `/status` says that Redis is well. */
function probe(agent: Agent | false): Promise<boolean> {
  return new Promise((resolve, reject) => {
    get(`${healthUrl}/status`, { agent }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (piece: string) => (body += piece));
      response.on('end', () => resolve(body.includes('"redis":true')));
    }).on('error', reject);
  });
}

test('a failure that one process has seen does not stay in the metrics when probes reach the other one only', async () => {
  await redis.kill();
  // New connections go to the two processes in turn.
  for (let each = 0; each < 4; each += 1) assert.equal(await probe(false), false);
  const up = async (): Promise<number | undefined> =>
    (await scrape(app.adminUrl, 'quay_health_check_up')).get(UP);
  assert.equal(await up(), 0);
  await redis.restart();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  await waitUntil('Redis', () => probe(agent));
  await waitUntil('the metric', async () => (await up()) === 1, { timeoutMs: 30_000 });
  assert.equal(await probe(agent), true);
  agent.destroy();
});
