import { test } from 'node:test';
import assert from 'node:assert/strict';
import { limitReports } from '../src/report-problems.ts';

test('the same text comes once a minute, with the number held back', () => {
  const lines: [string, Record<string, unknown>][] = [];
  let nowMs = 0;
  const report = limitReports(
    (message, fields) => lines.push([message, fields]),
    undefined,
    () => nowMs,
  );
  for (let call = 0; call < 100; call++) report('collector refused', {});
  nowMs = 60_000;
  report('collector refused', { a: 1 });
  assert.deepEqual(lines, [
    ['collector refused', {}],
    ['collector refused', { a: 1, heldBack: 99 }],
  ]);
});

test('no more than ten lines a minute, whatever they say', () => {
  const lines: string[] = [];
  const report = limitReports(
    (message) => lines.push(message),
    undefined,
    () => 0,
  );
  for (let call = 0; call < 100; call++) report(`problem ${call}`, {});
  assert.equal(lines.length, 10);
});

test('the secret is taken out of text and fields', () => {
  const lines: unknown[] = [];
  const report = limitReports(
    (message, fields) => lines.push({ message, fields }),
    'dt0c01.secret',
    () => 0,
  );
  report('401 for Api-Token dt0c01.secret', { error: 'dt0c01.secret dt0c01.secret', spans: 3 });
  assert.deepEqual(lines, [
    { message: '401 for Api-Token [FILTERED]', fields: { error: '[FILTERED] [FILTERED]', spans: 3 } },
  ]);
});

test('a log that throws does not reach the caller', () => {
  const report = limitReports(() => {
    throw new Error('disk full');
  }, undefined);
  assert.doesNotThrow(() => {
    report('problem', {});
  });
});
