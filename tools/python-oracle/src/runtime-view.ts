/** One sample as Prometheus stores it; `value` is the text that its API answers with. */
export type StoredSample = { name: string; labels: Readonly<Record<string, string>>; value: string };

/** What Prometheus knows of one metric family of a target. */
export type FamilyMetadata = { name: string; type: string; help: string };

/** One metric with its samples, of one app, as found in Prometheus. */
export type Family = { type: string; help: string; samples: readonly StoredSample[] };

/** One app of one runtime as Prometheus sees it: families by wire name. */
export type RuntimeView = ReadonlyMap<string, Family>;

const PARTS_OF_HISTOGRAM = /_(bucket|sum|count)$/;
/** Of Python's client, of its platform collectors, and of the Pushgateway: nothing that Quay declares. */
const NOT_QUAYS = /_created$|^push_|^python_|^process_/;

/** Groups samples under the families that their target described. Families without a sample stay, empty. */
export function createRuntimeView(
  metadata: readonly FamilyMetadata[],
  samples: readonly StoredSample[],
): RuntimeView {
  const families = new Map<string, { type: string; help: string; samples: StoredSample[] }>();
  for (const { name, type, help } of metadata) families.set(name, { type, help, samples: [] });
  for (const sample of samples) {
    const base = sample.name.replace(PARTS_OF_HISTOGRAM, '');
    const name = !families.has(sample.name) && families.get(base)?.type === 'histogram' ? base : sample.name;
    const family = families.get(name) ?? { type: 'unknown', help: '', samples: [] };
    family.samples.push(sample);
    families.set(name, family);
  }
  return families;
}

/**
 * What Quay itself declares, out of all that one of its processes pushed: families with samples, but
 * for `_created` gauges, the Pushgateway's own, and Python's process metrics (contract section 1).
 */
export function onlyQuays(view: RuntimeView): RuntimeView {
  return new Map([...view].filter(([name, family]) => family.samples.length > 0 && !NOT_QUAYS.test(name)));
}
