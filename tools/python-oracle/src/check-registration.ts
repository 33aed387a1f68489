import {
  CATALOGUE,
  metricNamesOf,
  type AppName,
  type MetricDefinition,
} from '@quay-observability/metric-catalogue';
import type { Difference } from './compare-runtimes.ts';
import type { ExposedMetric } from './parse-exposition.ts';

/** Collected by the client library, not assigned to apps. */
const OF_THE_PROCESS = /^(process|nodejs)_/;
/** On every sample of the new runtime (contract section 1). */
const RUNTIME_LABEL = 'runtime';

/**
 * Compares what an app exposes with what the catalogue assigns to it: no metric more, none less, and
 * each with its type, HELP, label names and bucket bounds. Labels and bounds can be read from samples
 * only, so a metric without any is compared as far as its heading goes.
 */
export function checkRegistration(app: AppName, exposed: ReadonlyMap<string, ExposedMetric>): Difference[] {
  const assigned: string[] = metricNamesOf(app);
  const unassigned = [...exposed.keys()].filter(
    (name) => !assigned.includes(name) && !OF_THE_PROCESS.test(name),
  );
  const texts = [
    ...unassigned.map((metric) => ({
      metric,
      text: `is exposed by ${app}, which the catalogue does not assign it to`,
    })),
    ...metricNamesOf(app).flatMap((metric) =>
      definitionDifferences(CATALOGUE[metric], exposed.get(metric)).map((text) => ({ metric, text })),
    ),
  ];
  return texts.map(({ metric, text }) => ({ metric, message: `${metric}: ${text}` }));
}

function definitionDifferences(definition: MetricDefinition, exposed: ExposedMetric | undefined): string[] {
  if (exposed === undefined) return ['is assigned by the catalogue but not exposed'];
  const texts: string[] = [];
  if (exposed.type !== definition.type)
    texts.push(`is exposed as ${exposed.type} instead of ${definition.type}`);
  if (exposed.help !== definition.help)
    texts.push(`HELP is "${exposed.help}" instead of "${definition.help}"`);
  if (exposed.labels.size === 0) return texts;
  const labels = [...definition.labels, RUNTIME_LABEL].sort().join(', ');
  const exposedLabels = [...exposed.labels].sort().join(', ');
  if (exposedLabels !== labels) texts.push(`labels are ${exposedLabels} instead of ${labels}`);
  const bounds =
    definition.type === 'histogram' ? [...(definition.buckets ?? []).map(String), '+Inf'].join(' ') : '';
  const exposedBounds = [...exposed.bounds].join(' ');
  if (exposedBounds !== bounds) texts.push(`buckets are ${exposedBounds} instead of ${bounds}`);
  return texts;
}
