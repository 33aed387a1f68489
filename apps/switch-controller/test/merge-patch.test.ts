import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mergePatch } from '../src/changes/merge-patch.ts';

// Appendix A of RFC 7396: target, patch, result.
const CASES = [
  [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
  [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
  [{ a: 'b' }, { a: null }, {}],
  [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
  [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
  [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
  [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
  [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
  [
    ['a', 'b'],
    ['c', 'd'],
    ['c', 'd'],
  ],
  [{ a: 'b' }, ['c'], ['c']],
  [{ a: 'foo' }, null, null],
  [{ a: 'foo' }, 'bar', 'bar'],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [[1, 2], { a: 'b', c: null }, { a: 'b' }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
] as const;

test('a merge patch does what RFC 7396 says', () => {
  for (const [target, patch, result] of CASES) assert.deepEqual(mergePatch(target, patch), result);
});

test('a field called __proto__ is a field like any other', () => {
  const patch: unknown = JSON.parse('{"__proto__": {"force_python": true}}');
  const result = mergePatch({ version: 1 }, patch) as Record<string, unknown>;
  assert.deepEqual(Object.keys(result), ['version', '__proto__']);
  assert.equal(result.force_python, undefined);
});
