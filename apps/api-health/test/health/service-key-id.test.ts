import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, openSync, unlinkSync, writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder, waitUntil } from '@quay-observability/testkit';
import { createServiceKeyIdReader } from '../../src/health/service-key-id.ts';

test('a file that hangs holds up nobody who asks, and no more than one thread', async () => {
  const file = join(temporaryFolder('kid'), 'quay.kid');
  const read = createServiceKeyIdReader(file, 50);
  assert.equal(await read(), undefined, 'there is no file yet');
  // Nobody writes to it: to open it is to wait.
  execFileSync('mkfifo', [file]);
  try {
    assert.deepEqual(await Promise.all(Array.from({ length: 8 }, read)), Array(8).fill(undefined));
    await stat('/');
  } finally {
    // Both ways: that waits for nobody.
    closeSync(openSync(file, 'r+'));
  }
  unlinkSync(file);
  writeFileSync(file, 'a1b2c3');
  await waitUntil('the id', async () => (await read()) === 'a1b2c3');
});
