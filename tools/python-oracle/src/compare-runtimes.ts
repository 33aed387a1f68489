import type { Family, RuntimeView, StoredSample } from './runtime-view.ts';

/** One thing that dashboards would notice; `message` begins with the metric's name. */
export type Difference = { metric: string; message: string };

/** Labels that say where a sample came from, not what it means (contract section 1); `runtime` is checked apart. */
const LABELS_OF_ORIGIN: ReadonlySet<string> = new Set([
  'job',
  'instance',
  'host',
  'process_name',
  'pid',
  'runtime',
  'python_client',
]);

/**
 * Compares what Prometheus stored for one app of both runtimes: every metric of Python must be there,
 * with the type, HELP, label names, children, `le` values (as stored strings) and values of Python.
 * What only the new runtime has is its own affair, unless it is a second name for the same counter.
 */
export function compareRuntimes(python: RuntimeView, ours: RuntimeView): Difference[] {
  const differences: Difference[] = [];
  for (const [metric, pythonFamily] of python) {
    for (const text of differencesOf(metric, pythonFamily, ours))
      differences.push({ metric, message: `${metric}: ${text}` });
  }
  return differences;
}

function differencesOf(metric: string, python: Family, ours: RuntimeView): string[] {
  const withoutTotal = metric.replace(/_total$/, '');
  const otherName =
    withoutTotal !== metric && ours.get(withoutTotal)?.samples.length ? withoutTotal : undefined;
  const family = ours.get(metric);
  if (family === undefined) {
    return [`is missing in the new runtime${otherName === undefined ? '' : `, which calls it ${otherName}`}`];
  }
  const texts =
    otherName === undefined ? [] : [`is exposed as ${otherName} too: sums over both would double`];
  if (family.type !== python.type)
    texts.push(`is a ${python.type} in Python, a ${family.type} in the new runtime`);
  if (family.help !== python.help)
    texts.push(`HELP is "${python.help}" in Python, "${family.help}" in the new runtime`);
  texts.push(...runtimeDifferences(family));
  const ofLabels = namesDiffer(labelNames(python), labelNames(family), (name) => `label \`${name}\``);
  const ofBuckets = namesDiffer(
    bucketBounds(python),
    bucketBounds(family),
    (bound) => `bucket le="${bound}"`,
  );
  texts.push(...ofLabels, ...ofBuckets);
  // With other labels or buckets every child differs, which would bury the cause.
  if (ofLabels.length === 0) texts.push(...sampleDifferences(python, family, ofBuckets.length > 0));
  return texts;
}

function runtimeDifferences(family: Family): string[] {
  const runtimes = new Set(family.samples.map(({ labels }) => labels.runtime ?? 'none'));
  return [...runtimes]
    .filter((runtime) => runtime !== 'go')
    .map((runtime) => `label \`runtime\` is ${runtime} instead of go in the new runtime`);
}

function namesDiffer(
  python: ReadonlySet<string>,
  ours: ReadonlySet<string>,
  what: (name: string) => string,
): string[] {
  return [
    ...[...python]
      .filter((name) => !ours.has(name))
      .map((name) => `${what(name)} is missing in the new runtime`),
    ...[...ours].filter((name) => !python.has(name)).map((name) => `${what(name)} is not in Python`),
  ];
}

function sampleDifferences(python: Family, ours: Family, skipBuckets: boolean): string[] {
  const texts: string[] = [];
  const expected = samplesByIdentity(python);
  const actual = samplesByIdentity(ours);
  if (actual.size < ours.samples.length) texts.push('has samples that only their origin tells apart');
  for (const [identity, sample] of expected) {
    if (skipBuckets && sample.labels.le !== undefined) continue;
    const value = actual.get(identity)?.value;
    if (value === undefined) texts.push(`${identity} is missing in the new runtime`);
    else if (value !== sample.value)
      texts.push(`${identity} is ${sample.value} in Python, ${value} in the new runtime`);
  }
  for (const [identity, sample] of actual) {
    if (skipBuckets && sample.labels.le !== undefined) continue;
    // Known label values start at zero in the new runtime, so that a first event shows as an increase.
    if (!expected.has(identity) && Number(sample.value) !== 0) texts.push(`${identity} is not in Python`);
  }
  return texts;
}

function labelNames(family: Family): Set<string> {
  const names = family.samples.flatMap(({ labels }) => Object.keys(labels));
  return new Set(names.filter((name) => name !== 'le' && !LABELS_OF_ORIGIN.has(name)));
}

function bucketBounds(family: Family): Set<string> {
  return new Set(family.samples.flatMap(({ labels }) => labels.le ?? []));
}

function samplesByIdentity(family: Family): Map<string, StoredSample> {
  return new Map(family.samples.map((sample) => [identityOf(sample), sample]));
}

function identityOf({ name, labels }: StoredSample): string {
  const own = Object.entries(labels).filter(([label]) => !LABELS_OF_ORIGIN.has(label));
  const text = own
    .map(([label, value]) => `${label}="${value}"`)
    .sort()
    .join(',');
  return text === '' ? name : `${name}{${text}}`;
}
