import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isGated, isSelected, isWithinPercent, NO_SELECTORS } from '../src/index.ts';
import { anyPercent } from './arbitraries.ts';

/** 20,000 repositories, the same at every run. */
const NAMES = Array.from({ length: 20_000 }, (_, at) => `org-${at % 97}/app-${at}`);

test('a higher percentage takes in every repository that a lower one does', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), anyPercent, anyPercent, (repository, one, other) => {
      const lower = Math.min(one, other);
      if (isWithinPercent(repository, lower))
        assert.ok(isWithinPercent(repository, Math.max(one, other)), repository);
    }),
    { numRuns: 5000 },
  );
});

test('the same repository falls on the same side for the same percentage', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), anyPercent, (repository, percent) => {
      const copy = [...repository].join('');
      assert.equal(isWithinPercent(copy, percent), isWithinPercent(repository, percent));
    }),
  );
});

for (const percent of [0.1, 1, 5, 10, 25, 33.3, 50, 75, 99]) {
  test(`about ${percent} % of many repositories are within ${percent} %`, () => {
    const share = (100 * NAMES.filter((name) => isWithinPercent(name, percent)).length) / NAMES.length;
    // Three standard deviations of 20,000 independent draws.
    const tolerance = 3 * Math.sqrt((percent * (100 - percent)) / NAMES.length);
    assert.ok(Math.abs(share - percent) < tolerance, `${share} %`);
  });
}

test('0 % is nobody, 100 % is everybody', () => {
  assert.ok(NAMES.every((name) => !isWithinPercent(name, 0)));
  assert.ok(NAMES.every((name) => isWithinPercent(name, 100)));
});

test('known positions: a percentage means the same in every release', () => {
  // The first four bytes of `printf %s library/nginx | sha256sum`, as a share of 2^32 in percent.
  for (const [name, percentOfPosition] of [
    ['library/nginx', 23.985522],
    ['acme/app', 37.31972],
  ] as const) {
    assert.equal(isWithinPercent(name, percentOfPosition - 1e-5), false);
    assert.equal(isWithinPercent(name, percentOfPosition + 1e-5), true);
  }
});

test('halves of surrogate pairs do not stop the decision', () => {
  assert.equal(isWithinPercent('\ud800', 100), true);
  assert.equal(isWithinPercent('a/\udfff', 0), false);
});

test('nothing is selected by no selectors, and they are no gate', () => {
  assert.equal(isGated(NO_SELECTORS), false);
  assert.equal(isSelected(NO_SELECTORS, { repository: 'acme/app' }), false);
  assert.equal(isGated({ ...NO_SELECTORS, percent: 0 }), true);
  assert.equal(isGated({ ...NO_SELECTORS, users: ['alice'] }), true);
});

test('a namespace is compared as a whole, and taken from the repository where there is one', () => {
  const selectors = { ...NO_SELECTORS, orgs: ['acme'] };
  assert.equal(isSelected(selectors, { repository: 'acme/a/b' }), true);
  assert.equal(isSelected(selectors, { repository: 'acme-two/a' }), false);
  assert.equal(isSelected(selectors, { repository: 'beta/a', namespace: 'acme' }), false);
  assert.equal(isSelected(selectors, { repository: undefined, namespace: 'acme' }), true);
});
