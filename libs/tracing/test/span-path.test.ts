import assert from 'node:assert/strict';
import { test } from 'node:test';
import { spanPath } from '../src/span-path.ts';

test('a span has the path without its query', () => {
  assert.equal(spanPath('/v2/a/b/manifests/latest?token=x'), '/v2/a/b/manifests/latest');
  assert.equal(spanPath('/health/dbrevision'), '/health/dbrevision');
  assert.equal(spanPath('/v2/health/enabledebug/manifests/1'), '/v2/health/enabledebug/manifests/1');
  assert.equal(spanPath('/a%20b%2Fc'), '/a%20b%2Fc');
});

test('the secret of the health debug path is in no span, however it is written', () => {
  for (const target of [
    '/health/enabledebug/sesame',
    '//health//enabledebug//sesame/',
    '/health/enabledebug/sesame?x=1',
    '/he%61lth/%65nabledebug/sesame',
    '/health%2Fenabledebug%2Fsesame',
    '/Health/EnableDebug/sesame',
    'http://quay.example/health/enabledebug/sesame',
    'health/enabledebug/sesame',
  ])
    assert.equal(spanPath(target), '/health/enabledebug/[FILTERED]', target);
});
