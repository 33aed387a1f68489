import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder, waitUntil } from '@quay-observability/testkit';

const SCRIPT = join(import.meta.dirname, '../create_environment.py');

test('the lock of a creator that was killed holds nobody up, and its half is thrown away', async () => {
  const place = temporaryFolder('environment');
  const requirements = join(place, 'requirements.txt');
  writeFileSync(requirements, '');
  const folder = join(place, 'environment');
  const create = () => {
    const child = spawn('python3', ['-B', SCRIPT, folder, requirements], { stdio: 'inherit' });
    return {
      child,
      exited: new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code))),
    };
  };

  const killed = create();
  await waitUntil('the half-made environment', () => existsSync(join(folder, 'pyvenv.cfg')));
  killed.child.kill('SIGKILL');
  await killed.exited;
  assert.ok(!existsSync(join(folder, '.complete')));
  writeFileSync(join(folder, 'left-over'), '');

  assert.equal(await create().exited, 0);
  assert.ok(existsSync(join(folder, '.complete')));
  assert.ok(!existsSync(join(folder, 'left-over')));
});
