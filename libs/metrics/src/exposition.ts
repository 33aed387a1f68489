import { setImmediate as nextTurn } from 'node:timers/promises';
import { heading, type MetricFamily } from './metric-family.ts';
import type { Format, RenderSeries } from './render-series.ts';

/** Longest time in milliseconds that rendering holds the event loop before it lets others run. */
const SLICE_MS = 4;
/** Series rendered between two looks at the clock. */
const SERIES_PER_LOOK = 16;
/** Longest time in milliseconds that a collector may take before the scrape goes on without it. */
const COLLECT_TIMEOUT_MS = 2000;

/** Tells a scrape's caller of a collector that failed; the scrape goes on without its news. */
export type OnCollectFailed = (metric: string, error: unknown) => void;

/**
 * Renders all families, in slices: a registry of tens of thousands of lines never holds the event
 * loop for longer than a few milliseconds. A series is rendered as a whole, so that a histogram's
 * buckets, sum and count belong together, and its bytes are kept until the series changes. The pieces
 * are not joined: copying tens of megabytes would hold the loop after all.
 */
export async function renderExposition(
  families: readonly MetricFamily[],
  format: Format,
  onCollectFailed: OnCollectFailed,
): Promise<Buffer[]> {
  const pieces: Buffer[] = [];
  let sliceStart = performance.now();
  for (const family of families) {
    await collectInTime(family, onCollectFailed);
    pieces.push(Buffer.from(heading(family, format)));
    // A copy: series may come and go while others run between two slices.
    const all = family.series().slice();
    const render = family.render[format] as RenderSeries<unknown>;
    for (const [at, series] of all.entries()) {
      if (format === 'text') pieces.push((series.rendered ??= Buffer.from(render(series))));
      else pieces.push(Buffer.from(render(series)));
      if (at % SERIES_PER_LOOK === 0 && performance.now() - sliceStart > SLICE_MS) {
        await nextTurn();
        sliceStart = performance.now();
      }
    }
  }
  if (format === 'openmetrics') pieces.push(Buffer.from('# EOF\n'));
  return pieces;
}

/** Brings a family up to date; a collector that fails or takes too long is told, and gone on without. */
export async function collectInTime(family: MetricFamily, onCollectFailed: OnCollectFailed): Promise<void> {
  try {
    const collected = family.collect();
    if (collected instanceof Promise) await withTimeLimit(collected);
  } catch (error) {
    onCollectFailed(family.name, error);
  }
}

async function withTimeLimit(collected: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`not collected within ${COLLECT_TIMEOUT_MS} ms`));
    }, COLLECT_TIMEOUT_MS);
  });
  try {
    await Promise.race([collected, late]);
  } finally {
    clearTimeout(timer);
  }
}
