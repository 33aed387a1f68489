import assert from 'node:assert/strict';
import { test } from 'node:test';
import { observationAim, scrapeAims } from '../../src/exposition/aims.ts';
import type { ScrapeCost } from '../../src/exposition/measure-scrapes.ts';

const cost = (cpuMs: number): ScrapeCost => ({ wallMs: 1, cpuMs, holdMs: undefined });

test('a scrape is judged by the CPU time that client_golang needs against ours', () => {
  const scrapes = new Map([
    ['ours', [{ unchanged: cost(2), changed: cost(5) }]],
    ['client_golang', [{ unchanged: cost(24), changed: cost(30) }]],
  ]);
  const aims = scrapeAims(scrapes, '19,006');
  assert.deepEqual(
    aims.map(({ value }) => value),
    [12, 6],
  );
  assert.match(aims[1]!.what, /19,006 lines, every series changed/);
  assert.ok(scrapeAims(new Map(), '19,006').every(({ value }) => Number.isNaN(value)));
});

test('an observation is judged by the median of ours', () => {
  assert.equal(observationAim(new Map([['ours', [90, 80, 200]]])).value, 90);
});
