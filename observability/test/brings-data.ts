import assert from 'node:assert/strict';
import { queryPrometheus } from '@quay-observability/testkit';
import type { PlacedQuery } from './every-query.ts';
import { substitute, type QueryContext } from './grafana-variables.ts';
import { queryRange } from './stack/ask-prometheus.ts';

/** Sends the query of a panel as Grafana would since `beganMs`. Throws unless something other than zero is shown. */
export async function assertBringsData(
  url: string,
  { expr, instant }: PlacedQuery,
  context: QueryContext & { beganMs: number },
): Promise<void> {
  const query = substitute(expr, context);
  if (instant) {
    const samples = await queryPrometheus(url, query);
    assert.ok(
      samples.some(({ value }) => Number.isFinite(value)),
      query,
    );
    return;
  }
  const series = await queryRange(url, query, context.beganMs);
  // A line at zero would be no sign that anything is counted.
  const shown = series.flatMap(({ values }) => values).filter((value) => Number.isFinite(value));
  assert.ok(
    shown.some((value) => value !== 0),
    query,
  );
}
