import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asctime } from '../src/asctime.ts';

test('asctime is local time with milliseconds behind a comma', () => {
  const at = (...parts: [number, number, number, number, number, number, number]) =>
    asctime(new Date(...parts).getTime());
  assert.equal(at(2026, 1, 16, 10, 11, 12, 345), '2026-02-16 10:11:12,345');
  assert.equal(at(2026, 1, 16, 10, 11, 12, 7), '2026-02-16 10:11:12,007');
  assert.equal(at(2026, 11, 1, 0, 0, 0, 0), '2026-12-01 00:00:00,000');
  assert.equal(at(2026, 1, 16, 10, 11, 12, 45), '2026-02-16 10:11:12,045');
});

test('asctime follows the time zone of the process', () => {
  const zone = process.env.TZ;
  try {
    process.env.TZ = 'Asia/Kolkata';
    assert.equal(asctime(Date.UTC(2026, 0, 1, 20, 0, 1, 2)), '2026-01-02 01:30:01,002');
  } finally {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  }
});
