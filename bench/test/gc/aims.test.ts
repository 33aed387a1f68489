import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gcAims } from '../../src/gc/aims.ts';
import { collectionTable } from '../../src/gc/report.ts';
import { shortened } from '../../src/gc/statements.ts';

const collection = (seconds: number, slowestMs: number, scans: number) => ({
  ...{ seconds, cpuSeconds: seconds / 2, slowestMs, scans },
  statements: [{ sql: 'SELECT', calls: 1000, totalMs: 1, maxMs: slowestMs }],
});

test('an aim is judged by the worst of the rounds, and is open without any', () => {
  const ours = [collection(1, 150, 0), collection(1, 250, 2)];
  assert.deepEqual(
    gcAims({ toPython: 6, ours }).map(({ value }) => value),
    [6, 250, 2],
  );
  assert.deepEqual(
    gcAims({ toPython: NaN, ours: [] }).map(({ value }) => value),
    [NaN, NaN, NaN],
  );
});

test('contestants are compared round by round', () => {
  const results = new Map([
    ['ours', [collection(1, 10, 0), collection(2, 10, 0)]],
    ['python', [collection(6, 20, 0), collection(12, 30, 0)]],
  ]);
  const cells = collectionTable(results, 600, 'python').split('\n')[2]?.split('|') ?? [];
  assert.deepEqual(
    cells.slice(2, -1).map((cell) => cell.trim()),
    ['1.50', '450', '67 %', '6.00x', '0.750', '6.00x', '1,000', '10.0'],
  );
});

test('a statement is shown in one line of the table', () => {
  assert.equal(shortened('SELECT a || b\n   FROM c'), 'SELECT a \\|\\| b FROM c');
  assert.equal(shortened('SELECT abcdef', 10), 'SELECT ab…');
});
