import {
  CATALOGUE,
  EVERY_APP,
  PYTHON_ONLY_METRICS,
  type MetricDefinition,
} from '@quay-observability/metric-catalogue';

const SECTIONS: readonly { origin: MetricDefinition['origin']; title: string; text: string }[] = [
  {
    origin: 'python',
    title: 'Metrics of the Python runtime',
    text: "The plan's list. Names, types, labels, HELP and buckets equal what Python pushes; only the `runtime` label comes on top.",
  },
  {
    origin: 'companion',
    title: 'Companions',
    text: "What Python emits beyond the plan's list from code whose work an app takes over.",
  },
  { origin: 'plan', title: 'New in the plan', text: 'Owner switches and read replicas.' },
  {
    origin: 'own',
    title: 'New in this project',
    text: 'What every service of the new runtime tells about itself.',
  },
];

function bucketsOf({ buckets }: MetricDefinition): string {
  return buckets === undefined ? '' : `${buckets.join(' ')} +Inf`;
}

function appsOf({ apps }: MetricDefinition): string {
  return apps.length === EVERY_APP.length ? 'every app' : apps.join(', ');
}

function labelsOf({ labels, known }: MetricDefinition): string {
  if (labels.length === 0) return '–';
  return labels.map((label) => (known?.[label] === undefined ? `\`${label}\`` : `\`${label}\`*`)).join(', ');
}

function table(origin: MetricDefinition['origin']): string {
  const definitions = Object.entries(CATALOGUE) as [string, MetricDefinition][];
  const rows = definitions
    .filter(([, definition]) => definition.origin === origin)
    .map(([name, definition]) => {
      const declared = definition.declared === name ? '' : ` (declared \`${definition.declared}\`)`;
      const buckets = bucketsOf(definition);
      const help = buckets === '' ? definition.help : `${definition.help}<br>buckets: ${buckets}`;
      return `| \`${name}\`${declared} | ${definition.type} | ${labelsOf(definition)} | ${help} | ${appsOf(definition)} | ${definition.milestone} |`;
    });
  return [
    '| metric | type | labels | HELP | app | milestone |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

/** The gauges that are no sum where several processes share an exposition. */
function notSummed(): string {
  const words = {
    max: 'the largest',
    min: 'the smallest',
    primary: 'that of the process with the admin listener',
  };
  return (Object.entries(CATALOGUE) as [string, MetricDefinition][])
    .flatMap(([name, { acrossProcesses: across = 'sum' }]) =>
      across === 'sum' ? [] : [`\`${name}\` ${words[across]} counts`],
    )
    .join(', of\n');
}

/** `docs/metrics.md`, from the catalogue. */
export function renderMetrics(): string {
  const sections = SECTIONS.map(({ origin, title, text }) => `## ${title}\n\n${text}\n\n${table(origin)}\n`);
  return `# Metrics reference

Generated from \`libs/metric-catalogue\`; do not edit.

Every sample carries \`runtime="go"\`: the plan's wire name for the new runtime, whatever it is written in, because
dashboards and rules already match it. The setting \`METRICS_RUNTIME_LABEL\` changes it. Names are those on the wire: a
counter ends in \`_total\` even where Python's code declares it without. A label with an asterisk takes values from a known
set; anything else becomes \`other\`. An unlabelled metric exposes 0 at once, except gauges of which another replica may be
the reporter; a labelled one exposes HELP and TYPE until its first value.

${sections.join('\n')}
## Process and Node.js

Every app also exposes prom-client's \`process_*\` and \`nodejs_*\` metrics, with the runtime label. The gauges
\`nodejs_active_handles_total\`, \`nodejs_active_requests_total\` and \`nodejs_active_resources_total\` are left out: a gauge
must not be named \`_total\`, and \`nodejs_active_resources\` tells the same.

## Several processes

With \`HTTP_WORKERS\` above 1 the values of an app's processes are added up, here and in all that is above; of
${notSummed()}. Why, and what of the process and Node.js metrics is no sum: [decision](decisions/several-workers-one-exposition.md).

## Metrics that stay with Python

The work behind these does not move to an app of this project. A dashboard or rule that uses one blocks the retirement of
Python.

${PYTHON_ONLY_METRICS.map((name) => `- \`${name}\``).join('\n')}
`;
}
