import { setTimeout as sleep } from 'node:timers/promises';
import type { AppName } from '@quay-observability/metric-catalogue';
import type { Arguments } from './arguments.ts';
import { logFileOf, stateOf, type StackApp } from './apps.ts';
import type { Tell } from './backing-servers.ts';
import { pushAndPull } from './demo.ts';
import { createDisplay } from './display.ts';
import { pullsInPrometheus, pullsOf } from './pull-count.ts';
import type { Pulls, Row } from './render-table.ts';
import { createStack, type Stack } from './stack.ts';
import { removeState, writeState } from './state-file.ts';
import { waitForReadiness } from './wait-for-readiness.ts';

const REFRESH_MS = 2000;
const READY_TIMEOUT_MS = 30_000;
const SEEN_BY_PROMETHEUS_TIMEOUT_MS = 10_000;

/**
 * Starts the stack, shows it until `stop` settles, and ends it. Gives the exit code. What runs can be
 * stopped at any time, also while it starts.
 */
export async function runStack(
  args: Arguments,
  host: { stdout: NodeJS.WriteStream; stop: Promise<string> },
): Promise<number> {
  const say = (text: string): void => {
    host.stdout.write(`${text}\n`);
  };
  if (args.stateFile !== undefined) removeState(args.stateFile);
  const tell: Tell = {
    ready: (what, where, tookMs) => {
      say(`  up        ${what.padEnd(20)} ${where} (${(tookMs / 1000).toFixed(1)} s)`);
    },
    leftOut: (what, consequence, reason) => {
      say(`  LEFT OUT  ${what.padEnd(20)} ${consequence}: ${reason}`);
    },
  };
  const { stack, start } = createStack(tell, args);
  let stopped: string | undefined;
  const stop = host.stop.then((why) => {
    stopped = why;
  });

  say('Starting servers and apps ...');
  let exitCode = 0;
  try {
    await Promise.race([start(), stop]);
    if (stopped === undefined) exitCode = await Promise.race([present(stack, args, say), stop.then(() => 0)]);
    if (stopped === undefined && exitCode === 0)
      await refresh(stack, host.stdout, stop, () => stopped !== undefined);
  } finally {
    say(`\nStopping (${stopped ?? 'it did not come up'}) ...`);
    await stack.stop();
    say('All processes ended, all files removed.');
  }
  return exitCode;
}

/** Waits until all is ready, pushes and pulls, writes the state file; what follows for the exit code. */
async function present(stack: Stack, args: Arguments, say: (text: string) => void): Promise<number> {
  const unready = await waitForReadiness(stack.apps, stack, READY_TIMEOUT_MS);
  for (const app of unready) say(`${app.name} is ${await stateOf(app)}`);
  if (args.stateFile !== undefined && unready.length > 0) {
    say(`Not all is ready: ${args.stateFile} is not written.`);
    return 1;
  }
  if (args.demo) await demonstrate(stack, say);
  if (args.stateFile !== undefined) writeState(args.stateFile, stack.state());
  return 0;
}

async function demonstrate(stack: Stack, say: (text: string) => void): Promise<void> {
  const url = stack.apps.find(
    ({ name, process }) => name === 'registry-metrics' && process !== undefined,
  )?.url;
  if (typeof url !== 'string' || stack.registry === undefined) return;
  try {
    const image = await pushAndPull(url, stack.folder);
    say(`Pushed ${image} (3 layers) and pulled it again.`);
  } catch (error) {
    say(
      `LEFT OUT: no image was pushed and pulled: ${error instanceof Error ? error.message : String(error)}`,
    );
    return;
  }
  const giveUpMs = performance.now() + SEEN_BY_PROMETHEUS_TIMEOUT_MS;
  while (stack.prometheus !== undefined && performance.now() < giveUpMs) {
    const { counted, inPrometheus } = await pulls(stack);
    if (counted !== undefined && counted > 0 && counted === inPrometheus) return;
    await sleep(200);
  }
}

async function refresh(
  stack: Stack,
  stdout: NodeJS.WriteStream,
  stop: Promise<void>,
  isStopped: () => boolean,
): Promise<void> {
  const display = createDisplay(stdout);
  stdout.write(`\n${guidance(stack)}\n\n`);
  const reported = new Set<string>();
  while (!isStopped()) {
    const rows = (await Promise.all(stack.apps.map(rowsOf))).flat();
    const count = await pulls(stack);
    if (isStopped()) return;
    display.show(rows, count);
    for (const app of stack.apps) {
      if (app.process?.exit() === undefined || reported.has(app.name)) continue;
      reported.add(app.name);
      stdout.write(
        `${app.name} ended. The end of its log (${logFileOf(stack.folder, app.name)}):\n${lastLines(app.process.log())}\n`,
      );
    }
    await Promise.race([sleep(REFRESH_MS), stop]);
  }
}

/** An app, and below it its further listeners. */
async function rowsOf(app: StackApp): Promise<Row[]> {
  const further = Object.entries(app.listeners);
  return [
    { app: app.name, url: app.url ?? '-', admin: app.admin, state: await stateOf(app) },
    ...further.map(([name, url]) => ({ app: `  ${name}`, url, admin: '', state: '' })),
  ];
}

async function pulls(stack: Stack): Promise<Pulls> {
  const gateway = stack.apps.find(({ name }) => name === 'registry-metrics');
  const [counted, inPrometheus] = await Promise.all([
    gateway === undefined ? undefined : pullsOf(gateway.admin),
    stack.prometheus === undefined ? undefined : pullsInPrometheus(stack.prometheus.url),
  ]);
  return { counted, inPrometheus };
}

function guidance(stack: Stack): string {
  const { apps, prometheus, redis, folder } = stack;
  const urlOf = (wanted: AppName): string | null | undefined =>
    apps.find(({ name, process }) => name === wanted && process !== undefined)?.url;
  const gateway = urlOf('registry-metrics');
  const controller = urlOf('switch-controller');
  return [
    ...(typeof controller !== 'string'
      ? []
      : [`Console of the owner switches: ${controller}/ (token for changes: ${stack.switchToken})`]),
    ...(prometheus === undefined
      ? []
      : [`Prometheus: ${prometheus.url}/graph?g0.expr=quay_registry_image_pulls_total&g0.tab=1`]),
    ...(redis === undefined
      ? []
      : [
          `Pulls tracked for the flush worker: redis-cli -p ${redis.port} -n 1 --scan --pattern 'pull_events:*'`,
        ]),
    ...(typeof gateway !== 'string'
      ? []
      : [
          `Pull once more: curl -sH 'Accept: application/vnd.oci.image.manifest.v1+json' ${gateway}/v2/demo/hello/manifests/latest`,
        ]),
    ...apps.flatMap(({ listeners: { health } }) =>
      health === undefined ? [] : [`Health, as Quay answers it: curl -i ${health}/health/instance`],
    ),
    `Logs: ${folder}/<name>/<name>.log`,
    'Ctrl-C ends everything and removes its files.',
  ].join('\n');
}

function lastLines(log: string): string {
  return log.trimEnd().split('\n').slice(-8).join('\n');
}
