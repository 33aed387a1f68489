import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createJsonStrings } from '../../src/secscan/json-strings.ts';

const PATHS = ['hash', 'state', 'layers[].hash'];

type Read = { found: [string, string][]; state: string };

/** Reads the document in pieces of these sizes, over and over. */
function read(document: Buffer | string, sizes: readonly number[] = [1_000_000]): Read {
  const found: [string, string][] = [];
  const strings = createJsonStrings(PATHS, (path, value) => found.push([path, value]));
  const bytes = Buffer.from(document);
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    // The reader may not keep what it is lent.
    const piece = Buffer.from(bytes.subarray(at, at + size));
    strings.push(piece);
    piece.fill(0x22);
    at += size;
  }
  return { found, state: strings.state() };
}

/** What a parser finds, in the order of the document. */
function expected(value: unknown): [string, string][] {
  const found: [string, string][] = [];
  if (typeof value !== 'object' || value === null) return found;
  for (const [key, member] of Object.entries(value)) {
    if ((key === 'hash' || key === 'state') && typeof member === 'string') found.push([key, member]);
    if (key !== 'layers' || !Array.isArray(member)) continue;
    for (const layer of member as unknown[])
      if (typeof layer === 'object' && layer !== null && !Array.isArray(layer))
        for (const [name, text] of Object.entries(layer))
          if (name === 'hash' && typeof text === 'string') found.push(['layers[].hash', text]);
  }
  return found;
}

const awkward = fc.oneof(
  fc.constantFrom(
    'hash',
    'state',
    'layers',
    'layers[].hash',
    '',
    '"',
    '\\',
    '\\"',
    '\\\\',
    '{"hash":"x"}',
    'é\u2028',
    '\u0000',
  ),
  fc.string(),
);
const anything = fc.jsonValue({ maxDepth: 6, stringUnit: 'grapheme' });
const member = fc.oneof(awkward, anything);
const object = fc.dictionary(awkward, member);
const documents = fc.dictionary(awkward, fc.oneof(member, object, fc.array(fc.oneof(member, object))));

void test('finds in any document what a parser finds, however it is cut into pieces', () => {
  fc.assert(
    fc.property(
      documents,
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
      fc.boolean(),
      (value, sizes, spaced) => {
        const text = JSON.stringify(value, undefined, spaced ? 2 : undefined);
        // Of members that JSON.parse takes for others (`__proto__`) nothing is wanted.
        assert.deepEqual(read(text, sizes), { found: expected(JSON.parse(text)), state: 'complete' });
      },
    ),
    { numRuns: 400 },
  );
});

void test('any bytes in any pieces are read without a fault, and alike', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 1, max: 7 }), (bytes, size) => {
      assert.deepEqual(read(Buffer.from(bytes), [size]), read(Buffer.from(bytes)));
    }),
    { numRuns: 400 },
  );
  const broken = fc.constantFrom('{', '}', '[', ']', '"', '\\', ',', ':', 'hash', 'layers', '1', ' ', 'null');
  fc.assert(
    fc.property(fc.array(broken, { maxLength: 40 }), fc.integer({ min: 1, max: 7 }), (tokens, size) => {
      assert.deepEqual(read(tokens.join(''), [size]), read(tokens.join('')));
    }),
    { numRuns: 400 },
  );
});

void test('what is no JSON object is told', () => {
  for (const document of ['', ' ', '{', '{"hash":"a"', '{"hash":"a', '{"a":[1'])
    assert.equal(read(document).state, 'open', document);
  for (const document of [
    '[]',
    'null',
    '"hash"',
    'hash',
    '{}{}',
    '{]',
    '{"layers":[}',
    '{} x',
    '}',
    '\u0000{}',
  ])
    assert.equal(read(document).state, 'broken', document);
  for (const document of ['{}', ' {} \r\n\t', '{"hash":1}', '{"a":{"hash":"x"}}']) {
    assert.equal(read(document).state, 'complete', document);
    assert.deepEqual(read(document).found, []);
  }
});

void test('a key that looks like a path is none', () => {
  assert.deepEqual(read('{"layers[].hash":"a","layers":{"hash":"b","[]":{"hash":"c"}}}').found, []);
});

void test('a value or key that is too long costs no memory', () => {
  const long = 'x'.repeat(2_000_000);
  assert.deepEqual(read(`{"hash":"${long}","state":"a","${long}":"b"}`, [1000]).found, [
    ['hash', ''],
    ['state', 'a'],
  ]);
});

void test('depth costs no memory', () => {
  const deep = `{"a":${'['.repeat(3_000_000)}${']'.repeat(3_000_000)},"state":"a"}`;
  const before = process.memoryUsage().heapUsed;
  const { found, state } = read(deep, [65_536]);
  assert.deepEqual([found, state], [[['state', 'a']], 'complete']);
  assert.ok(process.memoryUsage().heapUsed - before < 20_000_000);
});
