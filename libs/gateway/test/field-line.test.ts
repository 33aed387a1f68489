import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFieldLine } from '../src/field-line.ts';

test('a value loses the spaces and tabs around it, and nothing else', () => {
  assert.deepEqual(readFieldLine('X-A:\t b c \t'), { name: 'X-A', value: 'b c' });
  assert.deepEqual(readFieldLine('X:'), { name: 'X', value: '' });
  assert.deepEqual(readFieldLine('X: \xa0a\xa0 '), { name: 'X', value: '\xa0a\xa0' });
});

test('a line is refused for a character that may not stand where it stands', () => {
  for (const line of [
    '',
    ':',
    ': b',
    'X',
    'X A: b',
    'X :b',
    'X\xe9: b',
    'X\u0142: b',
    'X: b\r',
    'X: b\nY: c',
    'X: \x7f',
  ])
    assert.equal(readFieldLine(line), undefined, JSON.stringify(line));
  assert.equal(readFieldLine('X: \u0142'), undefined);
});

test('only what lies between start and end is read', () => {
  const text = 'A: b\r\nC: d\r\nE: f';
  assert.deepEqual(readFieldLine(text, 6, 10), { name: 'C', value: 'd' });
  assert.equal(readFieldLine(text, 6, 7), undefined);
  assert.deepEqual(readFieldLine(text, 6, 8), { name: 'C', value: '' });
  assert.equal(readFieldLine(text, 6, 11), undefined);
});

test('a spoilt line is refused in a number of steps that grows with its length, not with its square', () => {
  const steps = (length: number): number => {
    const line = `X:${' '.repeat(length)}\0`;
    const start = process.cpuUsage().user;
    for (let round = 0; round < 5; round += 1) assert.equal(readFieldLine(line), undefined);
    return process.cpuUsage().user - start;
  };
  steps(1000);
  // Quadratic, this would take minutes.
  assert.ok(steps(1_000_000) < 20_000_000);
});
