import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { waitUntil } from '@quay-observability/testkit';
import type { LogLine } from './capture-log.ts';

const FIXTURE = join(import.meta.dirname, 'fixtures/switched-app.ts');

/** An app that follows the switches, as its own process. */
export type SwitchedApp = {
  readonly pid: number;
  readonly lines: () => readonly LogLine[];
  readonly messages: () => string[];
  readonly adminUrl: string;
  /** The sum of the samples of a metric whose labels are these. */
  readonly sample: (name: string, labels?: Record<string, string>) => Promise<number>;
  readonly readyz: () => Promise<string>;
  readonly signal: (name: NodeJS.Signals) => void;
  /** Asks it to stop, and gives its exit status. */
  readonly stop: () => Promise<number | null>;
};

const children: ChildProcess[] = [];

/** Ends what a test that failed has left behind. */
export function killSwitchedApps(): void {
  for (const child of children) child.kill('SIGKILL');
}

/** Starts the app with polls every second, and waits until it is up. */
export async function startSwitchedApp(env: Record<string, string>): Promise<SwitchedApp> {
  const child = spawn(process.execPath, ['--conditions=@quay-observability/source', FIXTURE], {
    env: {
      PATH: process.env.PATH,
      ADMIN_PORT: '0',
      SWITCH_POLL_MIN_SECONDS: '1',
      SWITCH_POLL_MAX_SECONDS: '1',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const lines: LogLine[] = [];
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) lines.push(JSON.parse(part) as LogLine);
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const up = await waitUntil('the app to be up', () =>
    lines.find(({ message }) => message === 'gc-worker is up.'),
  );
  const adminUrl = String(up.data.adminUrl);
  const text = async (path: string) => (await fetch(adminUrl + path)).text();
  assert.ok(child.pid);
  return {
    pid: child.pid,
    lines: () => lines,
    messages: () => lines.map(({ message }) => message),
    adminUrl,
    sample: async (name, labels = {}) => sumOf(await text('/metrics'), name, labels),
    readyz: () => text('/readyz?verbose'),
    signal: (name) => child.kill(name),
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

function sumOf(exposition: string, name: string, labels: Record<string, string>): number {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return exposition
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) && wanted.every((label) => line.includes(label)))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}
