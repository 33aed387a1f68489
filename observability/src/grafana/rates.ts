/** The runtimes as the label `runtime` has them, and what they are called here. */
export const RUNTIMES = [
  { runtime: 'python', name: 'Python' },
  { runtime: 'go', name: 'New runtime' },
] as const;

/** A sum of rates, by these labels or altogether. */
export function ratesBy(labels: string, counter: string, matchers = ''): string {
  const by = labels === '' ? '' : ` by (${labels}) `;
  const selector = matchers === '' ? counter : `${counter}{${matchers}}`;
  return `sum${by}(rate(${selector}[$__rate_interval]))`;
}
