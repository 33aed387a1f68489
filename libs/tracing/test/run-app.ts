import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stripTypeScriptTypes } from 'node:module';
import type { TracingSettings } from '@quay-observability/quay-config';
import { freePort, launch, temporaryFolder, type RunningProcess } from '@quay-observability/testkit';
import type { TracingOptions } from '../src/index.ts';

const PROJECT = join(import.meta.dirname, '..');

/** Settings of an app that traces everything to this endpoint. */
export function settingsFor(endpoint: string, changes: Partial<TracingSettings> = {}): TracingSettings {
  return {
    enabled: true,
    serviceName: 'quay',
    endpoint,
    dynatrace: undefined,
    sampleRate: 1,
    excludedUrls: [],
    ...changes,
  };
}

/** The app of `test/app`, up and serving. */
export type RunningApp = RunningProcess & { url: string; untracedUrl: string };

/** Starts `test/app`: from source, or as plain JavaScript with plain `node main.js` as what ships. */
export async function runApp(start: {
  form: 'source' | 'plain';
  settings: TracingSettings;
  options?: TracingOptions;
  redisUrl?: string;
  postgresUrl?: string;
  env?: Record<string, string>;
}): Promise<RunningApp> {
  const [port, untracedPort] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${port}`;
  const plain = start.form === 'plain' ? writePlainApp() : undefined;
  const app = await launch({
    name: 'the traced app',
    command: process.execPath,
    args: plain === undefined ? ['--conditions=@quay-observability/source', 'main.ts'] : ['main.js'],
    cwd: plain ?? join(PROJECT, 'test/app'),
    logFile: join(temporaryFolder('traced-app'), 'app.log'),
    env: {
      PATH: process.env.PATH,
      ...start.env,
      PORT: String(port),
      UNTRACED_PORT: String(untracedPort),
      REDIS_URL: start.redisUrl ?? 'redis://127.0.0.1:1',
      POSTGRES_URL: start.postgresUrl ?? 'postgresql://127.0.0.1:1/none',
      TRACING: JSON.stringify({ settings: start.settings, options: start.options ?? {} }),
    },
    ready: () => fetch(`${url}/unknown-path-of-the-ready-check`),
  }).finally(() => {
    if (plain !== undefined) rmSync(dirname(plain), { recursive: true });
  });
  return Object.assign(app, { url, untracedUrl: `http://127.0.0.1:${untracedPort}` });
}

/** The app and this library with their types stripped, where node finds this project's packages. */
function writePlainApp(): string {
  mkdirSync(join(PROJECT, 'out-tsc'), { recursive: true });
  const folder = mkdtempSync(join(PROJECT, 'out-tsc/plain-'));
  for (const [from, to] of [
    ['src', 'tracing'],
    ['test/app', 'app'],
  ] as const) {
    mkdirSync(join(folder, to));
    for (const file of readdirSync(join(PROJECT, from))) {
      const source = readFileSync(join(PROJECT, from, file), 'utf8');
      const text = stripTypeScriptTypes(source)
        .replaceAll(/'(\.\/[\w-]+)\.ts'/g, "'$1.js'")
        .replaceAll("'@quay-observability/tracing'", "'../tracing/index.js'");
      writeFileSync(join(folder, to, file.replace(/\.ts$/, '.js')), text);
    }
  }
  return join(folder, 'app');
}
