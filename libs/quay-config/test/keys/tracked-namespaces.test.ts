import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mapTrackedNamespaces } from '../../src/keys/tracked-namespaces.ts';

const entries = (raw: unknown) => [...(mapTrackedNamespaces(raw)?.entries() ?? [])];

test('each name of a list is its own bucket', () => {
  assert.deepEqual(entries(['quay', 'redhat']), [
    ['quay', 'quay'],
    ['redhat', 'redhat'],
  ]);
});

test('a mapping is bucket -> names, or one name', () => {
  assert.deepEqual(entries({ critical: ['redhat', 'internal'], customers: 'acme' }), [
    ['redhat', 'critical'],
    ['internal', 'critical'],
    ['acme', 'customers'],
  ]);
});

test('the last bucket of a name wins', () => {
  assert.deepEqual(entries({ a: ['x'], b: ['x'] }), [['x', 'b']]);
});

test('nothing tracked is well formed', () => {
  assert.equal(mapTrackedNamespaces([])?.size, 0);
  assert.equal(mapTrackedNamespaces({})?.size, 0);
});

test('scalars that are no text are left out, the rest counts', () => {
  assert.deepEqual(entries(['quay', 5, null, true]), [['quay', 'quay']]);
});

test('a list or mapping in the place of a name voids everything, as in Python', () => {
  for (const raw of ['text', 5, null, undefined, ['quay', ['nested']], { a: { b: 'c' } }, { a: ['x', {}] }]) {
    assert.equal(mapTrackedNamespaces(raw), undefined);
  }
});

test('odd names: an empty one names nobody, numbers are no text, the order of the file decides', () => {
  assert.deepEqual(entries(['', 'quay', 'quay']), [
    ['', ''],
    ['quay', 'quay'],
  ]);
  assert.deepEqual(entries({ 5: 'a', empty: '', none: null, many: [] }), [
    ['a', '5'],
    ['', 'empty'],
  ]);
});

test('a long list is read whole', () => {
  const names = Array.from({ length: 50_000 }, (_, index) => `org-${index}`);
  assert.equal(mapTrackedNamespaces({ all: names })?.size, 50_000);
});
