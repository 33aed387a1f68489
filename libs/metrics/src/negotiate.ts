import type { Format } from './render-series.ts';

/** Content types of the two formats. */
export const CONTENT_TYPES: Readonly<Record<Format, string>> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

type Range = { type: string; version: string | undefined; quality: number };

function parseRange(text: string): Range {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const parameter = (name: string) =>
    parameters
      .find((one) => one.startsWith(`${name}=`))
      ?.slice(name.length + 1)
      .replaceAll('"', '');
  const quality = Number(parameter('q') ?? 1);
  return { type, version: parameter('version'), quality: Number.isNaN(quality) ? 0 : quality };
}

/**
 * Picks the format for an Accept header. Text is the answer unless the operator opted in to
 * OpenMetrics and the client prefers it: under Prometheus 2.x its `le="1.0"` would split the
 * histograms of the two runtimes (contract section 1).
 */
export function negotiateFormat(accept: string | undefined, openMetricsAllowed: boolean): Format {
  if (!openMetricsAllowed || accept === undefined) return 'text';
  const ranges = accept.split(',').map(parseRange);
  const best = (matches: (range: Range) => boolean) =>
    Math.max(0, ...ranges.filter(matches).map(({ quality }) => quality));
  const openMetrics = best(
    ({ type, version }) => type === 'application/openmetrics-text' && (version ?? '1.0.0') === '1.0.0',
  );
  const text = best(({ type }) => type === 'text/plain' || type === 'text/*');
  return openMetrics > 0 && openMetrics >= text ? 'openmetrics' : 'text';
}
