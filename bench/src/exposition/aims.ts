import type { Aim } from '../measure/aims.ts';
import { median, medianRatio } from '../measure/statistics.ts';
import { cpuMsOf, type Observations, type Scrapes } from './tables.ts';

const GO = 'client_golang';

/** What a scrape is to reach: a tenth of the CPU time that client_golang needs. */
export function scrapeAims(scrapes: Scrapes, lines: string): Aim[] {
  const aim = (which: 'unchanged' | 'changed', news: string): Aim => ({
    what: `a scrape of ${lines} lines, ${news}: CPU time of ${GO} against ours`,
    bound: 'at least',
    target: 10,
    value: medianRatio(cpuMsOf(scrapes, which, GO), cpuMsOf(scrapes, which, 'ours')),
    unit: 'x',
  });
  return [aim('unchanged', 'nothing changed'), aim('changed', 'every series changed')];
}

/** What one observation may take. */
export function observationAim(observations: Observations): Aim {
  return {
    what: 'one observation with its label lookup',
    bound: 'at most',
    target: 150,
    value: median(observations.get('ours') ?? []),
    unit: ' ns',
  };
}
