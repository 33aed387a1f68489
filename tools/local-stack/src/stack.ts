import { randomBytes } from 'node:crypto';
import { chmodSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { EVERY_APP } from '@quay-observability/metric-catalogue';
import {
  freePort,
  insertRepositories,
  removeFolder,
  startPrometheus,
  temporaryFolder,
  type Server,
} from '@quay-observability/testkit';
import { planApp, startApp, type Behind, type StackApp } from './apps.ts';
import { orLeaveOut, startBackingServers, type BackingServers, type Tell } from './backing-servers.ts';
import { DEMO_REPOSITORY } from './demo.ts';
import { prometheusConfig } from './prometheus-config.ts';
import { writeQuayConfig } from './quay-config-file.ts';
import { appStates, type StackState } from './state-file.ts';

/** Everything that runs. */
export type Stack = BackingServers & {
  /** Holds the logs and data of every process; removed by `stop`. */
  folder: string;
  apps: StackApp[];
  prometheus: Server | undefined;
  /** Lets one change the owner switches. */
  switchToken: string;
  state(): StackState;
  /** Ends the apps, then what they stand on, and removes all files. */
  stop(): Promise<void>;
};

/** A stack that has started nothing yet; `start` can be stopped half-way. */
export function createStack(tell: Tell, behind: Behind): { stack: Stack; start: () => Promise<void> } {
  const folder = temporaryFolder('stack');
  // PostgreSQL runs as somebody else if this is root, and has to reach its files.
  chmodSync(folder, 0o755);
  let starting = Promise.resolve();
  let stopping = false;

  const stack: Stack = {
    folder,
    apps: [],
    database: undefined,
    redis: undefined,
    registry: undefined,
    pushgateway: undefined,
    prometheus: undefined,
    switchToken: randomBytes(18).toString('base64url'),
    state: () => ({
      apps: appStates(stack.apps),
      database: stack.database?.uri ?? null,
      redis: stack.redis?.url ?? null,
      prometheus: stack.prometheus?.url ?? null,
      pushgateway: stack.pushgateway?.url ?? null,
      registry: stack.registry?.url ?? null,
      switchToken: stack.switchToken,
    }),
    stop: async () => {
      stopping = true;
      await starting.catch(() => undefined);
      await Promise.all(stack.apps.map(async ({ process }) => process?.stop()));
      const servers = [stack.database, stack.redis, stack.registry, stack.pushgateway, stack.prometheus];
      await Promise.all(servers.map(async (server) => server?.stop()));
      removeFolder(folder);
    },
  };
  const start = async (): Promise<void> => {
    starting = bringUp(stack, tell, behind, () => stopping);
    await starting;
  };
  return { stack, start };
}

async function bringUp(stack: Stack, tell: Tell, behind: Behind, isStopping: () => boolean): Promise<void> {
  const { folder } = stack;
  const [planned, prometheusPort] = await Promise.all([
    Promise.all(EVERY_APP.map((name) => planApp(name, behind))),
    freePort(),
  ]);
  Object.assign(stack, await startBackingServers(folder, tell));
  if (isStopping()) return;
  if (stack.database !== undefined) await insertRepositories(stack.database, [DEMO_REPOSITORY]);
  stack.apps = planned;

  const configFile = join(folder, 'config.yaml');
  // Where there is no server, a port that nobody answers on: never another Redis of this machine.
  writeQuayConfig(configFile, {
    databaseUri: stack.database?.uri,
    redisPort: stack.redis?.port ?? (await freePort()),
  });
  const surroundings = {
    folder,
    configFile,
    registryUrl: stack.registry?.url ?? `http://127.0.0.1:${await freePort()}`,
    switchControllerUrl: planned.find(({ name }) => name === 'switch-controller')?.url ?? '',
    switchToken: stack.switchToken,
    prometheusUrl: `http://127.0.0.1:${prometheusPort}`,
    ...behind,
  };
  const bringUpApp = async (app: (typeof planned)[number]): Promise<void> => {
    if (isStopping()) return;
    const startedMs = performance.now();
    await startApp(app, surroundings);
    if (app.failure === undefined) tell.ready(app.name, app.url ?? app.admin, performance.now() - startedMs);
    else tell.leftOut(app.name, 'it is down', app.failure);
  };
  const isController = ({ name }: StackApp): boolean => name === 'switch-controller';
  await Promise.all([
    // First the controller, so that the others find the owners at their start.
    Promise.all(planned.filter(isController).map(bringUpApp)).then(() =>
      Promise.all(planned.filter((app) => !isController(app)).map(bringUpApp)),
    ),
    orLeaveOut('Prometheus', 'pulls are shown as the app counts them', tell, () =>
      startPrometheus({
        dir: join(folder, 'prometheus'),
        port: prometheusPort,
        configYaml: prometheusConfig({
          hostname: hostname(),
          apps: planned,
          pushgatewayPort: stack.pushgateway?.port,
        }),
      }),
    ).then((server) => {
      stack.prometheus = server;
    }),
  ]);
}
