import assert from 'node:assert/strict';
import { test } from 'node:test';
import { selectNames } from '../../src/proxy/contestants.ts';

test('all contestants run unless told, in the order of the tables', () => {
  const all = selectNames([]);
  assert.deepEqual(selectNames([...all].reverse()), all);
  assert.deepEqual(selectNames(['registry-metrics', 'go']), ['go', 'registry-metrics']);
});

test('a name that there is not is an error that names those there are', () => {
  assert.throws(
    () => selectNames(['go', 'golang']),
    /--only: there is no "golang", only direct, nginx, go, /,
  );
});
