import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readSettings } from '@quay-observability/quay-config';
import { temporaryFolder } from '@quay-observability/testkit';
import { bearerTokensSetting, createBearerJudge, readBearerTokens } from '../src/index.ts';

const FIRST = 'token-number-one-1';
const SECOND = 'token-number-two-2';
const settings = { tokens: bearerTokensSetting('TOKENS', { help: '' }) };

test('tokens are a list, and a faulty one is told by its number', () => {
  assert.deepEqual(readSettings({ TOKENS: ` ${FIRST}, ${SECOND},` }, settings).tokens, [FIRST, SECOND]);
  assert.deepEqual(readSettings({}, settings).tokens, []);
  assert.throws(
    () => readSettings({ TOKENS: `${FIRST},too short` }, settings),
    (error: Error) => {
      assert.match(error.message, /TOKENS .*token 2 is not 16 to 512 letters/);
      assert.ok(!error.message.includes('too short'));
      return true;
    },
  );
});

test('a file holds one a line, in the place of the setting', () => {
  const file = join(temporaryFolder('tokens'), 'tokens');
  writeFileSync(file, `${FIRST}\r\n${SECOND}\n`);
  const from = (path: string | undefined, tokens: string[] = []) =>
    readBearerTokens(tokens, { name: 'TOKENS_FILE', file: path });
  assert.deepEqual(from(file), [FIRST, SECOND]);
  assert.deepEqual(from(undefined, [FIRST]), [FIRST]);
  assert.throws(() => from(file, [FIRST]), { message: /TOKENS_FILE .*only one of them may be/ });
  assert.throws(() => from(`${file}.none`), { message: /TOKENS_FILE .*cannot be read: ENOENT/ });
});

test('a header is worth something if it has one of the tokens', () => {
  const judge = createBearerJudge([FIRST, SECOND]);
  assert.equal(judge(`Bearer ${SECOND}`), 'known');
  assert.equal(judge(`bearer  ${FIRST}`), 'known');
  for (const header of [`Bearer ${FIRST}x`, 'Bearer x']) assert.equal(judge(header), 'unknown');
  for (const header of [undefined, '', FIRST, `Basic ${FIRST}`, 'Bearer', `Bearer ${'x'.repeat(1025)}`])
    assert.equal(judge(header), 'absent');
  assert.equal(createBearerJudge([])(`Bearer ${FIRST}`), 'unknown');
});
