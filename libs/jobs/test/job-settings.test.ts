import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSettings } from '@quay-observability/quay-config';
import { jobSettings } from '../src/index.ts';

test('the prefix of the keys is bounded to what is safe in one', () => {
  const settings = jobSettings(9115);
  assert.equal(readSettings({}, settings).jobsRedisPrefix, '{quay-observability}');
  assert.equal(readSettings({ JOBS_REDIS_PREFIX: '{jobs}.eu-1' }, settings).jobsRedisPrefix, '{jobs}.eu-1');
  for (const bad of ['with:colon', 'with space', 'x'.repeat(65), '*'])
    assert.throws(() => readSettings({ JOBS_REDIS_PREFIX: bad }, settings), /JOBS_REDIS_PREFIX/);
});
