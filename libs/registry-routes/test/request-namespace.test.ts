import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matchRoute, namespaceLabel, requestNamespace } from '../src/index.ts';

test('the route parameters name the namespace first', () => {
  assert.equal(requestNamespace({ namespace_name: 'a', namespace: 'b' }, '/v2/x/y'), 'a');
  assert.equal(requestNamespace({ namespace: 'b' }, '/v2/x/y'), 'b');
  assert.equal(requestNamespace({ namespace_name: '', namespace: 'b' }, '/v2/x/y'), 'b');
});

test('else the first path segment does, if it looks like a name and is not the last', () => {
  const cases: [string, string | undefined][] = [
    ['/v2/devtable/simple/manifests/latest', 'v2'],
    ['/v1/users/', 'v1'],
    ['/v2/', undefined],
    ['/v2//', undefined],
    ['/v2', undefined],
    ['/', undefined],
    ['///v2/x', 'v2'],
    ['/a.b/c', undefined],
    ['/a-b_c/d', 'a-b_c'],
    ['/caf%C3%A9/x', 'café'],
    ['/a%20b/c', undefined],
    ['/a?b=/c', undefined],
  ];
  for (const [target, expected] of cases)
    assert.equal(requestNamespace({ repository: 'devtable/simple' }, target), expected, target);
});

test('the label is the bucket of the namespace, else other', () => {
  const buckets = new Map([
    ['v2', 'registry'],
    ['empty', ''],
  ]);
  assert.equal(namespaceLabel('v2', buckets), 'registry');
  assert.equal(namespaceLabel('v1', buckets), 'other');
  assert.equal(namespaceLabel(undefined, buckets), 'other');
  assert.equal(namespaceLabel('empty', buckets), 'other');
});

test('the path of a match spares decoding the target again', () => {
  const target = '/v2/a%2Fb/manifests/v1?n=/x';
  const match = matchRoute('GET', target);
  assert.ok(match !== undefined && !('methodNotAllowed' in match));
  assert.equal(match.path, '/v2/a/b/manifests/v1');
  assert.equal(requestNamespace(match.params, target, match.path), requestNamespace(match.params, target));
  assert.equal(requestNamespace({}, '/v2/a', '/b/c'), 'b');
});
