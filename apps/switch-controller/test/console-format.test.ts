import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  count,
  describeCanary,
  formatAgo,
  formatRate,
  formatSeconds,
  formatTime,
  ownerName,
} from '../src/console/browser/format.ts';

test('durations have at most three digits and a unit', () => {
  const cases: [number, string][] = [
    [-1, '0.00 s'],
    [0.04, '0.04 s'],
    [0.996, '1.0 s'],
    [3.25, '3.3 s'],
    [9.94, '9.9 s'],
    [9.96, '10 s'],
    [99.4, '99 s'],
    [100, '2 min'],
    [3600, '60 min'],
    [6000, '2 h'],
    [172_799, '48 h'],
    [172_800, '2 d'],
  ];
  for (const [seconds, text] of cases) assert.equal(formatSeconds(seconds), text);
});

test('times are told as ages and in UTC, and nonsense as it is', () => {
  const now = Date.parse('2026-02-16T10:11:12Z');
  assert.equal(formatAgo('2026-02-16T10:11:12Z', now), 'just now');
  // Another clock may be a little ahead.
  assert.equal(formatAgo('2026-02-16T10:11:13Z', now), 'just now');
  assert.equal(formatAgo('2026-02-16T10:11:08.100Z', now), '3 s ago');
  assert.equal(formatAgo('2026-02-16T08:11:12Z', now), '2 h ago');
  assert.equal(formatAgo('soon', now), 'at an unknown time');
  assert.equal(formatTime('2026-02-16T11:11:12.345+01:00'), '2026-02-16 10:11:12 UTC');
  assert.equal(formatTime('soon'), 'soon');
});

test('rates keep about three digits', () => {
  assert.deepEqual([0, 0.004, 1.005, 9.996, 12.34, 99.96, 1234.5].map(formatRate), [
    '0.00',
    '0.00',
    '1.00',
    '10.0',
    '12.3',
    '100',
    '1235',
  ]);
});

test('a canary is told in words, and one that takes in everybody is none', () => {
  const none = { orgs: [], repos: [], users: [] };
  assert.equal(describeCanary(null), undefined);
  assert.equal(describeCanary(none), undefined);
  assert.equal(describeCanary({ ...none, percent: null }), undefined);
  assert.equal(describeCanary({ ...none, percent: 0 }), '0 % of repositories');
  assert.equal(
    describeCanary({ orgs: ['a', 'b'], repos: ['a/b'], users: [], percent: 12.5 }),
    '12.5 % of repositories, 2 organizations, repository a/b',
  );
  assert.equal(describeCanary({ ...none, users: ['u'.repeat(41)] }), `user ${'u'.repeat(40)}…`);
});

test('owners and numbers are told in words', () => {
  assert.deepEqual(['python', 'go', 'off', 'rust', 'toString'].map(ownerName), [
    'Python',
    'Go',
    'Off',
    'rust',
    'toString',
  ]);
  assert.equal(count(1, 'process', 'processes'), '1 process');
  assert.equal(count(0, 'process', 'processes'), '0 processes');
});
