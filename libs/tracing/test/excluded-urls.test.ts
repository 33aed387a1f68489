import { test } from 'node:test';
import assert from 'node:assert/strict';
import { createUrlExclusion } from '../src/excluded-urls.ts';

function exclusionOf(...expressions: string[]): { isExcluded: (url: string) => boolean; problems: string[] } {
  const problems: string[] = [];
  const isExcluded = createUrlExclusion(expressions, (message) => problems.push(message));
  return { isExcluded: isExcluded ?? (() => false), problems };
}

test('expressions are searched anywhere in the whole URL, as in the example of Quay', () => {
  const { isExcluded } = exclusionOf(
    'api/v1/.*',
    'v2/([^/]+(/[^/]+)+)/(tags|blobs)',
    'v2/_catalog',
    'v2/auth',
  );
  assert.equal(isExcluded('http://quay/api/v1/user/'), true);
  assert.equal(isExcluded('https://quay.example/v2/org/repo/blobs/sha256:1'), true);
  assert.equal(isExcluded('https://quay.example/v2/auth?service=quay'), true);
  assert.equal(isExcluded('https://quay.example/v2/org/repo/manifests/latest'), false);
  assert.equal(exclusionOf('^https://quay').isExcluded('https://quay/v2/'), true);
  assert.equal(exclusionOf('scope=pull$').isExcluded('http://quay/v2/auth?scope=pull'), true);
});

test('an invalid expression is named and left out, the others work', () => {
  const { isExcluded, problems } = exclusionOf('v2/(auth', '_catalog');
  assert.equal(problems.length, 1);
  assert.match(problems[0] ?? '', /^OTEL_TRACING_EXCLUDED_URLS: the expression "v2\/\(auth" is not valid/);
  assert.equal(isExcluded('http://quay/v2/_catalog'), true);
  assert.equal(isExcluded('http://quay/v2/(auth'), false);
});

test('what only Python spells so is understood', () => {
  assert.equal(exclusionOf(String.raw`(?P<v>v\d)/(?P=v)`).isExcluded('http://quay/v2/v2'), true);
  assert.equal(exclusionOf(String.raw`(?P<v>v\d)/(?P=v)`).isExcluded('http://quay/v2/v1'), false);
  assert.equal(exclusionOf(String.raw`\Ahttp://quay/v2/\Z`).isExcluded('http://quay/v2/'), true);
  assert.equal(exclusionOf(String.raw`\Ahttp://quay/v2/\Z`).isExcluded('http://quay/v2/A'), false);
  assert.equal(exclusionOf('(?i)V2/AUTH').isExcluded('http://quay/v2/auth'), true);
});

test('empty expressions exclude nothing', () => {
  const problems: string[] = [];
  assert.equal(
    createUrlExclusion(['', '  '], (message) => problems.push(message)),
    undefined,
  );
  assert.deepEqual(problems, []);
});

test('a long URL is searched only at its beginning, whatever a client sends', () => {
  const { isExcluded } = exclusionOf('needle');
  assert.equal(isExcluded(`http://quay/${'a'.repeat(1000)}needle`), true);
  assert.equal(isExcluded(`http://quay/${'a'.repeat(10_000)}needle`), false);
});
