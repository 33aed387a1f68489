/** One series of an answer: its labels, and its values in their order. */
export type AnsweredSeries = { labels: Record<string, string>; values: number[] };

/** Values of a query at each second from `fromMs` to now, as panels ask for them. */
export function queryRange(url: string, query: string, fromMs: number): Promise<AnsweredSeries[]> {
  const times = { start: String(fromMs / 1000), end: String(Date.now() / 1000), step: '1' };
  return ask<{ result: { metric: Record<string, string>; values: [number, string][] }[] }>(
    `${url}/api/v1/query_range`,
    { query, ...times },
  ).then(({ result }) =>
    result.map(({ metric, values }) => ({
      labels: metric,
      values: values.map(([, value]) => Number(value)),
    })),
  );
}

/** The values of a label of a metric, as variables ask for them. */
export function labelValues(url: string, metric: string, label: string): Promise<string[]> {
  return ask<string[]>(`${url}/api/v1/label/${label}/values?match[]=${metric}`);
}

/** A group of rules, and how its last evaluation went. */
export type RuleGroup = {
  lastEvaluation: string;
  rules: { name: string; type: string; health: string; lastError?: string }[];
};

/** The groups of rules that it evaluates. */
export function ruleGroups(url: string): Promise<RuleGroup[]> {
  return ask<{ groups: RuleGroup[] }>(`${url}/api/v1/rules`).then(({ groups }) => groups);
}

async function ask<T>(url: string, form?: Record<string, string>): Promise<T> {
  const response = await fetch(url, form && { method: 'POST', body: new URLSearchParams(form) });
  const answer = (await response.json()) as { error?: string; data?: T };
  if (answer.data === undefined) throw new Error(`Prometheus refused: ${answer.error ?? response.status}`);
  return answer.data;
}
