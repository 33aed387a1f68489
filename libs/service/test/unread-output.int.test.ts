import assert from 'node:assert/strict';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { closeSync, constants, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { freePort, temporaryFolder, waitUntil } from '@quay-observability/testkit';

const GRACE_SECONDS = 2;
/** A machine that is busy; an app that waits for its reader would never end. */
const LIMIT = { timeout: 60_000 };

const children: ChildProcess[] = [];
after(() => {
  for (const child of children) child.kill('SIGKILL');
});

/** An app that is up, and the only reader of the pipe that it logs to. */
async function startApp(fixture: string, env: Record<string, string>, stderr: 'inherit' | 'pipe') {
  const path = join(temporaryFolder('log'), 'fifo');
  execFileSync('mkfifo', [path]);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writer = openSync(path, constants.O_WRONLY);
  const adminPort = await freePort();
  const file = join(import.meta.dirname, 'fixtures', fixture);
  const child = spawn(process.execPath, ['--conditions=@quay-observability/source', file], {
    env: {
      PATH: process.env.PATH,
      ADMIN_PORT: String(adminPort),
      SHUTDOWN_GRACE_SECONDS: String(GRACE_SECONDS),
      SWITCH_STATE_DIR: join(temporaryFolder('switches'), 'state'),
      ...env,
    },
    stdio: ['ignore', writer, stderr === 'pipe' ? writer : 'inherit'],
  });
  children.push(child);
  const ended = new Promise<[number | null, string | null]>((resolve) => {
    child.once('exit', (code, signal) => resolve([code, signal]));
  });
  const adminUrl = `http://127.0.0.1:${adminPort}`;
  const started = async (): Promise<boolean> => (await fetch(`${adminUrl}/startupz`)).status === 200;
  await waitUntil('the app to be up', started, { timeoutMs: 60_000 });
  return { child, adminUrl, path, reader, writer, ended };
}

/** Leaves no room in the pipe. */
function fill(path: string): void {
  const filler = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  try {
    for (const byte = Buffer.alloc(1); ;) writeSync(filler, byte);
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, 'EAGAIN');
  } finally {
    closeSync(filler);
  }
}

for (const [what, fixture, env, stderr] of [
  ['an app', 'app.ts', {}, 'inherit'],
  ['an app whose standard error is the same pipe', 'app.ts', {}, 'pipe'],
  ['an app with several processes', 'workers-app.ts', { HTTP_WORKERS: '2' }, 'inherit'],
] as const) {
  test(`${what} ends on SIGTERM although nobody reads its log any more`, LIMIT, async () => {
    const { child, path, reader, writer, ended } = await startApp(fixture, env, stderr);
    fill(path);
    child.kill('SIGTERM');
    assert.deepEqual(await ended, [0, null]);
    closeSync(writer);
    closeSync(reader);
  });
}

test('an app whose log has lost its reader counts the lines, and ends on SIGTERM', LIMIT, async () => {
  // That Redis is away, and that the configuration is read again, are lines of the log.
  const env = { HEALTH_CHECK_SECONDS: '1', DEBUGLOG: 'true' };
  const { child, adminUrl, reader, writer, ended } = await startApp('app.ts', env, 'inherit');
  const dropped = async (): Promise<number> => {
    const text = await (await fetch(`${adminUrl}/metrics`)).text();
    return Number(/^quay_log_lines_dropped_total\{runtime="go"\} (\d+)$/m.exec(text)?.[1]);
  };
  assert.ok(readSync(reader, Buffer.alloc(10)) > 0);
  assert.equal(await dropped(), 0);
  closeSync(writer);
  closeSync(reader);
  child.kill('SIGHUP');
  await waitUntil('lines to be lost', async () => (await dropped()) > 0);
  child.kill('SIGTERM');
  assert.deepEqual(await ended, [0, null]);
});
