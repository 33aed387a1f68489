import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adviceOf } from '../src/redis-advice.ts';

const info = (version: string, policy: string) =>
  `# Server\r\n${version}\r\nos:Linux\r\n# Memory\r\nmaxmemory_policy:${policy}\r\n`;

test('a current Redis that evicts nothing is well', () => {
  for (const version of [
    'redis_version:6.2.0',
    'redis_version:8.0.1',
    'redis_version:7.2.4\r\nvalkey_version:8.1.0',
  ])
    assert.deepEqual(adviceOf(info(version, 'noeviction')), []);
});

test('an old one, and one that evicts, are told by name', () => {
  assert.deepEqual(adviceOf(info('redis_version:5.0.14', 'volatile-lru')), [
    'maxmemory-policy of Redis is volatile-lru; jobs may vanish unless it is noeviction',
    'Redis is 5.0.14; jobs are tested with 6.2 and later',
  ]);
  assert.match(adviceOf('# nothing')[0] ?? '', /of unknown version/);
});
