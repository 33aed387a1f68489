import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readSettings } from '@quay-observability/quay-config';
import { temporaryFolder } from '@quay-observability/testkit';
import { readDashboardTokens } from '../src/dashboard/read-tokens.ts';
import { jobSettings } from '../src/index.ts';

const file = join(temporaryFolder('tokens'), 'tokens');
const tokensOf = (text: string) => {
  writeFileSync(file, text);
  return readDashboardTokens({ jobsDashboardTokensFile: file });
};

test('tokens come a line each, whatever ends the lines', () => {
  const [one, two] = ['a-token-of-16-or-more', 'another/token+of=16~or.more'];
  assert.deepEqual(tokensOf(`${one}\r\n\n  ${two}\n`), [one, two]);
});

test('a file without tokens, or with others, is refused by line and never repeated', () => {
  assert.throws(() => tokensOf('\n\n'), /holds no token/);
  assert.throws(
    () => tokensOf('a-token-of-16-or-more\nshort\n'),
    (error: Error) => {
      assert.match(error.message, /JOBS_DASHBOARD_TOKENS_FILE .*line 2 of/);
      return !error.message.includes('short');
    },
  );
  assert.throws(() => tokensOf('with a space and some more\n'), /line 1/);
  assert.throws(() => tokensOf('a-token-of-16-or-more\n'.repeat(101)), /more than 100/);
});

test('the prefix of the keys is bounded to what is safe in one', () => {
  const settings = jobSettings(9115);
  assert.equal(readSettings({}, settings).jobsRedisPrefix, '{quay-observability}');
  assert.equal(readSettings({ JOBS_REDIS_PREFIX: '{jobs}.eu-1' }, settings).jobsRedisPrefix, '{jobs}.eu-1');
  for (const bad of ['with:colon', 'with space', 'x'.repeat(65), '*'])
    assert.throws(() => readSettings({ JOBS_REDIS_PREFIX: bad }, settings), /JOBS_REDIS_PREFIX/);
});
