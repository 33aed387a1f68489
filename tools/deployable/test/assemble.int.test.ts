import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  freePort,
  launch,
  removeFolder,
  startPostgres,
  startRedis,
  temporaryFolder,
  waitUntil,
  type PostgresServer,
  type Server,
} from '@quay-observability/testkit';

const WORKSPACE = join(import.meta.dirname, '../../..');
const bin = (name: string) => join(WORKSPACE, 'node_modules/.bin', name);

let folder: string;
let redis: Server;
let postgres: PostgresServer;
before(async () => {
  folder = temporaryFolder('deployable');
  [redis, postgres] = await Promise.all([startRedis(), startPostgres({ schema: true })]);
});
after(async () => {
  await Promise.all([redis.stop(), postgres.stop()]);
  removeFolder(folder);
});

for (const app of ['switch-controller', 'registry-metrics']) {
  test(`${app}, compiled and put together, runs outside the workspace with nothing but Node`, async () => {
    execFileSync(bin('tsc'), ['-b', `apps/${app}/tsconfig.lib.json`], { cwd: WORKSPACE });
    const target = join(folder, app);
    execFileSync(process.execPath, ['tools/deployable/assemble.mjs', `apps/${app}`, target], {
      cwd: WORKSPACE,
    });
    assert.deepEqual(strangers(target), []);

    const config = join(folder, `${app}.yaml`);
    const redisSettings = { host: '127.0.0.1', port: redis.port, db: 1 };
    writeFileSync(
      config,
      JSON.stringify({
        DB_URI: postgres.uri,
        USER_EVENTS_REDIS: redisSettings,
        PULL_METRICS_REDIS: redisSettings,
        BUILDLOGS_REDIS: redisSettings,
      }),
    );
    const admin = `http://127.0.0.1:${await freePort()}`;
    const url = `http://127.0.0.1:${await freePort()}`;
    const running = await launch({
      name: app,
      command: process.execPath,
      args: ['main.js'],
      cwd: target,
      logFile: join(folder, `${app}.log`),
      // Nothing of the workspace is on the PATH or among the conditions.
      env: {
        ...{
          PATH: '/usr/bin:/bin',
          QUAYCONF: config,
          LISTEN_PORT: new URL(url).port,
          ADMIN_PORT: new URL(admin).port,
        },
        REGISTRY_UPSTREAM_URL: `http://127.0.0.1:${await freePort()}`,
      },
      ready: async () => (await fetch(`${admin}/livez`)).ok,
    });
    try {
      const metrics = await (await fetch(`${admin}/metrics`)).text();
      assert.match(metrics, new RegExp(`quay_app_info\\{.*app="${app}".*\\} 1`));
      if (app === 'switch-controller') await assertConsoleIsComplete(url);
    } finally {
      await running.stop();
    }
    assert.deepEqual(running.exit(), { code: 0, signal: null }, running.log());
  });
}

/** The page of the owner switches, and every file that it asks for. */
async function assertConsoleIsComplete(url: string): Promise<void> {
  const page = await waitUntil('the console', async () => (await fetch(url)).text());
  const files = [...page.matchAll(/(?:href|src)="(console\/[^"]+)"/g)].map(([, file]) => file ?? '');
  assert.ok(files.includes('console/main.js') && files.includes('console/console.css'));
  for (const file of files) assert.equal((await fetch(`${url}/${file}`)).status, 200, file);
}

/** What has no business in production: sources, and tools of development. */
function strangers(target: string): string[] {
  const own = readdirSync(join(target, 'node_modules/@quay-observability')).map((name) =>
    join(target, 'node_modules/@quay-observability', name),
  );
  const sources = [target, ...own].filter(
    (place) => existsSync(join(place, 'src')) || existsSync(join(place, 'test')),
  );
  const tools = ['typescript', 'eslint', 'nx', 'prettier', '@types', 'node'].filter((name) =>
    existsSync(join(target, 'node_modules', name)),
  );
  return [...sources, ...tools];
}
