/** Prometheus 2 keeps `le="1"` and `le="1.0"` apart (contract section 1). */
const SPELT_AS_FLOAT = '[0-9]+[.]0';

/**
 * Rates of the buckets of a histogram, summed by `labels`, of which `le` is one: 1.0 is taken for 1, so that what is scraped
 * from Python adds up with what the Pushgateway and the new runtime write. The recording of the buckets is of the same form.
 */
export function bucketRates(options: {
  metric: string;
  matchers: string;
  labels: string;
  window: string;
}): string {
  const { metric, matchers, labels, window } = options;
  const others = matchers === '' ? '' : `${matchers}, `;
  const rate = (operator: string): string =>
    `rate(${metric}_bucket{${others}le${operator}"${SPELT_AS_FLOAT}"}[${window}])`;
  // A process whose spelling has just changed has both; without the second label they would clash.
  return `sum by (${labels}) (
  ${rate('!~')}
  or
  label_replace(
    label_replace(
      ${rate('=~')},
      "le", "$1", "le", "([0-9]+)[.]0"
    ),
    "spelling", "float", "", ""
  )
)`;
}
