import type { Workload } from './workload.ts';

const NAME = 'quay_request_duration_seconds';
const SAMPLE = /^quay_request_duration_seconds_(bucket|sum|count)\{/;

/** What an exposition holds of the request histogram. */
export type Contents = { lines: number; observations: number };

/** Counts the histogram's lines, and adds up its `_count`s. */
export function readContents(exposition: string): Contents {
  const lines = exposition.split('\n').filter((line) => SAMPLE.test(line));
  const counts = lines.filter((line) => line.startsWith(`${NAME}_count{`));
  return {
    lines: lines.length,
    observations: counts.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0),
  };
}

/** Throws unless the exposition has all lines of the workload, each series observed `touches` times. */
export function checkExposition(exposition: string, workload: Workload, touches: number): Contents {
  const contents = readContents(exposition);
  const expected = {
    lines: workload.series.length * (workload.buckets.length + 3),
    observations: workload.series.length * touches,
  };
  if (contents.lines !== expected.lines || contents.observations !== expected.observations)
    throw new Error(
      `expected ${expected.lines} lines and ${expected.observations} observations, found ${contents.lines} and ${contents.observations}`,
    );
  return contents;
}
