import assert from 'node:assert/strict';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { startApp, type RunningApp } from './start-app.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { waitUntil } from './wait-until.ts';

export type SwitchedAppTest = {
  /** The app's folder, `apps/<name>`. */
  folder: string;
  /** What it needs beside the switches to get up. */
  env?: Readonly<Record<string, string>>;
};

const VERSION = 'quay_switch_snapshot_version';
const REFUSALS = 'quay_switch_parse_failures_total';

/** Declares the test that an app, run as a process, follows the owner switches of a file and survives its troubles. */
export function testSwitchedApp({ folder, env = {} }: SwitchedAppTest): void {
  void test('follows the owner switches of a file, keeps the last good ones in trouble, and over a restart', async () => {
    const state = temporaryFolder('switches');
    const file = join(state, 'switches.json');
    const replace = (text: string) => {
      writeFileSync(`${file}.next`, text);
      renameSync(`${file}.next`, file);
    };
    const publish = (version: number) =>
      replace(JSON.stringify({ version, updated_at: '2026-02-16T10:11:12Z', owners: {} }));
    const start = () =>
      startApp(folder, {
        SWITCH_SOURCE: 'file',
        SWITCH_FILE: file,
        SWITCH_STATE_DIR: join(state, 'state'),
        SWITCH_POLL_MIN_SECONDS: '1',
        SWITCH_POLL_MAX_SECONDS: '1',
        ...env,
      });
    publish(3);
    const app = await start();
    await reaches(app, VERSION, 3);
    publish(4);
    await reaches(app, VERSION, 4);
    replace('{"version": 5, "own');
    await reaches(app, REFUSALS, 1);
    assert.equal(await sample(app, VERSION), 4);
    assert.match(app.process.log(), /The owner switches cannot be updated from file .* is not YAML/);
    await readyz(app, /\[!\]owner switches degraded: version 4 is the last known good/);
    await app.stop();

    rmSync(file);
    const restarted = await start();
    await reaches(restarted, VERSION, 4);
    publish(5);
    await reaches(restarted, VERSION, 5);
    await readyz(restarted, /\[\+\]owner switches ok/);
    await restarted.stop();
  });
}

async function sample(app: RunningApp, name: string): Promise<number> {
  const text = await (await fetch(`${app.adminUrl}/metrics`)).text();
  return Number(new RegExp(`^${name}\\{.*\\} (\\d+)$`, 'm').exec(text)?.[1]);
}

function reaches(app: RunningApp, name: string, value: number): Promise<unknown> {
  return waitUntil(`${name} to be ${value}`, async () => (await sample(app, name)) >= value);
}

function readyz(app: RunningApp, expected: RegExp): Promise<unknown> {
  return waitUntil(`/readyz to say ${expected.source}`, async () =>
    expected.test(await (await fetch(`${app.adminUrl}/readyz?verbose`)).text()),
  );
}
