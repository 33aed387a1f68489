import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isClairPath } from '../../src/secscan/clair-action.ts';

test('what steps out of the API of Clair is not of it, however it is written', () => {
  for (const target of [
    '/indexer/../debug/pprof',
    '/indexer/..',
    '/indexer/./../metrics',
    '/indexer/%2e%2e/metrics',
    '/indexer/.%2E/metrics',
    '/indexer/api%2F..%2F..%2Fmetrics',
    '/indexer/..%2fmetrics',
    '/indexer/..\\metrics',
    '/indexer\\..\\metrics',
    '/indexer/..#a',
    '/metrics',
    '/indexer/',
    '/indexers/api/v1/index_state',
  ])
    assert.ok(!isClairPath(target), target);
});

test('dots within names and in the query are nothing special', () => {
  for (const target of [
    '/indexer/api/v1/index_state',
    '/indexer/api/v1/index_report/sha256:..a',
    '/indexer/api/v1/.well-known',
    '/notifier/api/v1/notification/x?next=/../y',
    '/matcher/api/v1/vulnerability_report/a...b',
  ])
    assert.ok(isClairPath(target), target);
});
