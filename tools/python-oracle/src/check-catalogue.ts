import type { MetricDefinition } from '@quay-observability/metric-catalogue';
import type { Difference } from './compare-runtimes.ts';
import type { PythonMetric } from './python-runtime.ts';

/**
 * Compares the catalogue with what Python's own client makes of Quay's declarations: the same metrics
 * under the same wire names, with the same declared name, type, HELP, label names, bounds and apps.
 */
export function checkCatalogue(
  python: readonly PythonMetric[],
  catalogue: Readonly<Record<string, MetricDefinition>>,
): Difference[] {
  const declared = new Set(python.map(({ wire }) => wire));
  const ofPython = Object.entries(catalogue).filter(
    ([, { origin }]) => origin === 'python' || origin === 'companion',
  );
  const invented = ofPython.filter(([name]) => !declared.has(name));
  return [
    ...python.flatMap((metric) =>
      metricDifferences(metric, catalogue[metric.wire]).map((text) => difference(metric.wire, text)),
    ),
    ...invented.map(([name]) => difference(name, 'is said to come from Python, which exposes no such name')),
  ];
}

function difference(metric: string, text: string): Difference {
  return { metric, message: `${metric}: ${text}` };
}

function metricDifferences(python: PythonMetric, ours: MetricDefinition | undefined): string[] {
  if (ours === undefined) return ['is missing in the catalogue'];
  const facts: [string, string, string][] = [
    ['declared name', python.declared, ours.declared],
    ['type', python.type, ours.type],
    ['HELP', python.help, ours.help],
    ['labels', python.labels.join(', '), [...ours.labels].sort().join(', ')],
    ['buckets', python.buckets.join(' '), (ours.buckets ?? []).join(' ')],
    ['apps', [...python.apps].sort().join(', '), [...ours.apps].sort().join(', ')],
  ];
  return facts
    .filter(([, expected, actual]) => expected !== actual)
    .map(([what, expected, actual]) => `${what}: "${expected}" in Python, "${actual}" in the catalogue`);
}
