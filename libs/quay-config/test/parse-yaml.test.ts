import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseYaml, readYaml } from '../src/parse-yaml.ts';

const parse = (text: string) => parseYaml(text, 'config.yaml');

// Expected values are those of PyYAML 6.0.3, yaml.safe_load.
const scalars: readonly [text: string, value: unknown][] = [
  ['yes', true],
  ['Yes', true],
  ['on', true],
  ['TRUE', true],
  ['no', false],
  ['Off', false],
  ['false', false],
  ['y', 'y'],
  ['N', 'N'],
  ['tRue', 'tRue'],
  ['"yes"', 'yes'],
  ['~', null],
  ['null', null],
  ['', null],
  ['12', 12],
  ['-7', -7],
  ['+7', 7],
  ['1_000', 1000],
  ['010', 8],
  ['-010', -8],
  ['089', '089'],
  ['0x1F', 31],
  ['0b101', 5],
  ['0o17', '0o17'],
  ['1:30', 90],
  ['190:20:30', 685_230],
  ['0.5', 0.5],
  ['.5', 0.5],
  ['1.', 1],
  ['1.0e-3', 0.001],
  ['1.0e3', '1.0e3'],
  ['1e-3', '1e-3'],
  ['1:30.5', 90.5],
  ['.inf', Infinity],
  ['-.INF', -Infinity],
  ['6379 # the port', 6379],
];

for (const [text, value] of scalars) {
  test(`the scalar ${JSON.stringify(text)} is read as PyYAML reads it`, () => {
    assert.deepEqual(parse(`key: ${text}`), { key: value });
  });
}

test('not-a-number is read as PyYAML reads it', () => {
  assert.deepEqual(parse('key: .nan'), { key: Number.NaN });
});

test('the last of two equal keys wins', () => {
  assert.deepEqual(parse('a: 1\nb: 2\na: 3'), { a: 3, b: 2 });
});

for (const [text, topLevelKey, place] of [
  ['a: 1\na: 2', undefined, 'line 2, column 1'],
  ['s3cret: {b: 1, b: 2}', undefined, 'line 1, column 16'],
  ['a: [{b: [{c: 1, c: 2}]}]', undefined, 'line 1, column 17'],
  ['1: x\n"1": y', undefined, 'line 2, column 1'],
  ['yes: x\ntrue: y', undefined, 'line 2, column 1'],
  ['k: &k b\nm: {b: 1, *k : 2}', undefined, 'line 2, column 11'],
  ['a: {b: 1, b: 2}\nc: {d: 1}', 'a', 'line 1, column 11'],
  ['a: {b: 1, b: 2}\nc: {d: 1}', 'c', undefined],
  ['a: 1\nc: 1\nc: 2', 'c', 'line 3, column 1'],
  ['a: 1\na: 2', 'c', undefined],
  ['- a: 1\n- a: 2', undefined, undefined],
  ['x: &x {a: 1}\ny: *x\nz: {<<: *x, a: 2}', undefined, undefined],
  ['', undefined, undefined],
  ['[a, a]', 'a', undefined],
] as const)
  test(`${JSON.stringify(text)} has ${place === undefined ? 'no key' : 'a key'} twice in ${topLevelKey ?? 'all of it'}`, () => {
    const { refuseDuplicateKeys } = readYaml(text, 'switches.yaml');
    if (place === undefined) refuseDuplicateKeys(topLevelKey);
    else
      assert.throws(() => refuseDuplicateKeys(topLevelKey), {
        code: 'CONFIG_UNREADABLE',
        message: `switches.yaml has a key twice: again at ${place}`,
      });
  });

test('an alias that contains itself is followed once', () => {
  const text = `a: &a [1]\n${Array.from({ length: 50 }, (_, at) => `b${at}: *a`).join('\n')}`;
  readYaml(text, 'switches.yaml').refuseDuplicateKeys();
});

test('anchors and merge keys work', () => {
  assert.deepEqual(parse('base: &base {host: a, port: 1}\nother:\n  <<: *base\n  port: 2'), {
    base: { host: 'a', port: 1 },
    other: { host: 'a', port: 2 },
  });
});

test('a date stays text', () => {
  assert.deepEqual(parse('key: 2026-02-16'), { key: '2026-02-16' });
});

test('JSON is YAML', () => {
  assert.deepEqual(parse('{"a": [1, true, null, "x"]}'), { a: [1, true, null, 'x'] });
});

for (const broken of [
  'DB_URI: "s3cret',
  'a: [s3cret',
  'a: *s3cret',
  's3cret: a: b',
  '\t- s3cret',
  '%s3cret',
  'a: !!int s3cret',
]) {
  test(`the error about ${JSON.stringify(broken)} does not quote it`, () => {
    let message = '';
    try {
      parse(broken);
    } catch (error) {
      assert.equal((error as { code?: string }).code, 'CONFIG_UNREADABLE');
      message = String((error as Error).stack);
      assert.match(message, /config\.yaml is not YAML/);
    }
    assert.doesNotMatch(message, /s3cret/);
  });
}

test('an explosion of aliases is refused', () => {
  const levels = Array.from(
    { length: 9 },
    (_, i) => `l${i + 1}: &l${i + 1} [${Array(9).fill(`*l${i}`).join(', ')}]`,
  );
  assert.throws(() => parse(['l0: &l0 [x]', ...levels].join('\n')), { code: 'CONFIG_UNREADABLE' });
});
