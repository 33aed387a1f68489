import assert from 'node:assert/strict';
import { test } from 'node:test';
import { proxyAims } from '../../src/proxy/aims.ts';
import type { RoundResult } from '../../src/proxy/measure-round.ts';
import { latencyTable, throughputTable } from '../../src/proxy/tables.ts';

function round(manifests: number | undefined, blobs: number | undefined, p99Ms: number): RoundResult {
  return {
    manifests: { perSecond: 1000, perCpuSecond: manifests },
    blobs: { perSecond: 2e9, perCpuSecond: blobs },
    halfLoad: { perSecond: 500, p50Ms: 0.2, p99Ms },
  };
}

// The second round met a machine of half the speed: ratios are those of each round.
const results = new Map([
  ['direct', [round(undefined, undefined, 0.5), round(undefined, undefined, 1)]],
  ['nginx', [round(40_000, 1.6e9, 1), round(20_000, 0.8e9, 2)]],
  ['go', [round(5000, 1e9, 1.5), round(2500, 0.5e9, 3)]],
  ['python', [round(500, 0.5e9, 90), round(250, 0.25e9, 180)]],
  ['registry-metrics', [round(11_000, 1.2e9, 1.25), round(5500, 0.6e9, 2.5)]],
]);

function row(table: string, name: string): string[] {
  const line = table.split('\n').find((one) => one.startsWith(`| ${name} `)) ?? '';
  return line
    .split('|')
    .slice(2, -1)
    .map((cell) => cell.trim());
}

test('work per CPU second is compared with Go, Python and nginx, round by round', () => {
  const manifests = throughputTable(results, 'manifests', { heading: 'requests', unit: 1 });
  assert.match(
    manifests,
    /requests\/s \| requests per CPU s \| spread \| +to go \| to python \| to nginx \|/,
  );
  assert.deepEqual(row(manifests, 'registry-metrics'), [
    '1,000',
    '8,250',
    '67 %',
    '2.20x',
    '22.0x',
    '0.275x',
  ]);
  const blobs = throughputTable(results, 'blobs', { heading: 'GB', unit: 1e9 });
  assert.deepEqual(row(blobs, 'go'), ['2.00', '0.750', '67 %', '1.00x', '2.00x', '0.625x']);
  assert.deepEqual(row(blobs, 'direct'), ['2.00', '-', '-', '-', '-', '-']);
});

test('a contestant that did not run leaves its column empty', () => {
  const some = new Map([...results].filter(([name]) => name !== 'python'));
  const table = throughputTable(some, 'manifests', { heading: 'requests', unit: 1 });
  assert.equal(row(table, 'registry-metrics')[4], '-');
});

test('the added latency is what lies above asking directly in the same round', () => {
  assert.deepEqual(row(latencyTable(results), 'registry-metrics').slice(-1), ['1.13']);
});

test('the aims are judged by the same ratios', () => {
  const values = Object.fromEntries(proxyAims(results).map(({ what, value }) => [what, value]));
  assert.deepEqual(values, {
    'manifests per CPU second, to go': 2.2,
    'manifests per CPU second, to python': 22,
    'manifests per CPU second, to nginx': 0.275,
    'blobs per CPU second, to go': 1.2,
    '99th percentile added at half load': 1.125,
  });
});
