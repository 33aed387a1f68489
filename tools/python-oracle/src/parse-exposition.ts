/** One metric as an exposition in text 0.0.4 shows it. Label names and bounds are those of its samples. */
export type ExposedMetric = { type: string; help: string; labels: Set<string>; bounds: Set<string> };

const HEADING = /^# (HELP|TYPE) (\S+) ?(.*)$/;
const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? \S+$/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

/** Reads what an exposition registers. A line that is no text 0.0.4, and a sample without TYPE, throw. */
export function parseExposition(exposition: string): Map<string, ExposedMetric> {
  const metrics = new Map<string, ExposedMetric>();
  for (const line of exposition.split('\n')) {
    const heading = HEADING.exec(line);
    if (heading !== null) readHeading(metrics, heading);
    else if (line !== '' && !line.startsWith('#')) readSample(metrics, line);
  }
  return metrics;
}

function readHeading(
  metrics: Map<string, ExposedMetric>,
  [, kind, name = '', text = '']: RegExpExecArray,
): void {
  const metric = metrics.get(name) ?? {
    type: '',
    help: '',
    labels: new Set<string>(),
    bounds: new Set<string>(),
  };
  if (kind === 'TYPE') metric.type = text;
  else metric.help = text.replace(/\\([\\n])/g, (_, escaped) => (escaped === 'n' ? '\n' : '\\'));
  metrics.set(name, metric);
}

function readSample(metrics: ReadonlyMap<string, ExposedMetric>, line: string): void {
  const [, name = '', labels = ''] = SAMPLE.exec(line) ?? [];
  const metric = metrics.get(name) ?? metrics.get(name.replace(/_(bucket|sum|count)$/, ''));
  if (metric === undefined) throw new Error(`no metric is announced for the line: ${line}`);
  for (const [, label = '', value = ''] of labels.matchAll(LABEL)) {
    if (label === 'le') metric.bounds.add(value);
    else metric.labels.add(label);
  }
}
