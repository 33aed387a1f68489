/** Samples of an exposition by `name{labels}`, without the runtime label. */
export type Samples = Map<string, number>;

/** The samples whose names begin with `prefix`. */
export function parseSamples(exposition: string, prefix = 'quay_'): Samples {
  const samples: Samples = new Map();
  for (const line of exposition.split('\n')) {
    const [, name, labels, value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    if (!name?.startsWith(prefix)) continue;
    const kept = (labels ?? '').replace(/,?runtime="go"/, '').replace(/^,/, '');
    samples.set(kept === '' ? name : `${name}{${kept}}`, Number(value));
  }
  return samples;
}

/** What a server exposes on `/metrics` now. */
export async function scrape(baseUrl: string, prefix?: string): Promise<Samples> {
  return parseSamples(await (await fetch(`${baseUrl}/metrics`)).text(), prefix);
}
