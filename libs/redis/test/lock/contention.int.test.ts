import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { startRedis } from '@quay-observability/testkit';
import { connectTo, LOCK_DB } from './lock-redis.ts';
import { startPythonLocks } from './python-lock.ts';

test('two Node.js processes and one of Python add to a number under the lock, and no addition is lost', async () => {
  const server = await startRedis();
  const connection = await connectTo(server.port);
  const python = await startPythonLocks(server.port, LOCK_DB);
  const [lock, key, times] = ['REPO_GARBAGE_COLLECTION_7', 'number', 100];
  const contend = () =>
    promisify(execFile)(process.execPath, [
      '--conditions=@quay-observability/source',
      join(import.meta.dirname, 'contender.ts'),
      ...[String(server.port), lock, key, String(times)],
    ]);
  const [, , answer] = await Promise.all([
    contend(),
    contend(),
    python.ask({ command: 'increment', lock, ttl: 30, times, arguments: { key } }),
  ]);
  assert.equal(answer, null);
  assert.equal(await connection.client.get(key), String(3 * times));
  assert.equal(await connection.client.exists(`lock:${lock}`), 0);
  await python.stop();
  await connection.close();
  await server.stop();
});
