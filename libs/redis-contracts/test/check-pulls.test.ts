import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkPulls, type PullEventFields } from '../src/index.ts';

const digest = `sha256:${'ab'.repeat(32)}`;
const GOOD: PullEventFields = {
  repositoryId: '42',
  tagName: 'latest',
  manifestDigest: digest,
  pullCount: '7',
  lastPullTimestamp: '1750000000',
  pullMethod: 'tag',
};
const check = (fields: Partial<PullEventFields>) =>
  checkPulls({ key: 'k', orphaned: false, fields: { ...GOOD, ...fields } });
const faultOf = (fields: Partial<PullEventFields>) => {
  const checked = check(fields);
  return checked.kind === 'invalid' ? checked.fault : checked.kind;
};

test('an event is read with its numbers; by tag only if its method says so and there is a tag', () => {
  const pulls = { repositoryId: 42, tag: 'latest', digest, count: 7n, unixSeconds: 1_750_000_000 };
  assert.deepEqual(check({}), { kind: 'pulls', pulls });
  for (const fields of [
    { pullMethod: 'digest' },
    { pullMethod: undefined },
    { tagName: '' },
    { tagName: undefined },
  ])
    assert.deepEqual(check(fields), { kind: 'pulls', pulls: { ...pulls, tag: undefined } });
});

test('each of the four required fields is required; a key without a hash is told apart', () => {
  for (const field of ['repositoryId', 'manifestDigest', 'pullCount', 'lastPullTimestamp'] as const)
    assert.equal(faultOf({ [field]: undefined }), 'missing_field');
  const checked = checkPulls({ key: 'k', orphaned: false, fields: undefined });
  assert.deepEqual(checked, { kind: 'invalid', fault: 'not_a_hash' });
});

test('numbers are what Python takes for whole numbers, within what the columns hold', () => {
  for (const count of ['1', ' 12 ', '+3', '1_000', '007', '9007199254740991'])
    assert.equal(check({ pullCount: count }).kind, 'pulls', count);
  for (const count of ['', '1.0', '1e3', '0x1', '_1', '1__0', '-1', 'NaN', '9007199254740992'])
    assert.equal(faultOf({ pullCount: count }), 'pull_count', count);
  for (const count of ['0', '-0', '+0']) assert.equal(check({ pullCount: count }).kind, 'empty');
  for (const id of ['0', '-1', '2147483648']) assert.equal(faultOf({ repositoryId: id }), 'repository_id');
  assert.equal(check({ repositoryId: '2147483647' }).kind, 'pulls');
  for (const seconds of ['-1', '253402300800'])
    assert.equal(faultOf({ lastPullTimestamp: seconds }), 'last_pull_timestamp');
  for (const seconds of ['0', '253402300799'])
    assert.equal(check({ lastPullTimestamp: seconds }).kind, 'pulls');
});

test('digests and tags are what the columns hold', () => {
  for (const odd of ['sha512:AbCd09', 'x+y_z.1-2:0', `a:${'0'.repeat(253)}`])
    assert.equal(check({ manifestDigest: odd }).kind, 'pulls', odd);
  for (const odd of [
    '',
    'sha256',
    'sha256:',
    ':ab',
    'sha256:xyz',
    'a:b:c',
    'sha256:ab\n',
    `a:${'0'.repeat(254)}`,
  ])
    assert.equal(faultOf({ manifestDigest: odd }), 'manifest_digest', odd);
  // 255 characters, not bytes and not halves of characters.
  assert.equal(check({ tagName: '\u{1F40B}'.repeat(255) }).kind, 'pulls');
  for (const odd of ['x'.repeat(256), 'a\0b', 'a\uFFFDb'])
    assert.equal(faultOf({ tagName: odd }), 'tag_name');
});

test('an event with nothing to count is empty even if its tag could not be written', () => {
  assert.equal(check({ pullCount: '0', tagName: 'x'.repeat(256) }).kind, 'empty');
});
