import {
  createRuntimeView,
  type FamilyMetadata,
  type RuntimeView,
  type StoredSample,
} from './runtime-view.ts';

type TargetsAnswer = {
  activeTargets: { health: string; labels: Record<string, string>; lastError: string }[];
};
type MetadataAnswer = { metric: string; type: string; help: string }[];
type QueryAnswer = { result: { metric: Record<string, string>; value: [number, string] }[] };

/** Reads back what Prometheus stored. `url` is its base URL. */
export function createPrometheusReader(url: string) {
  async function get<Data>(path: string, parameters: Record<string, string> = {}): Promise<Data> {
    const response = await fetch(`${url}/api/v1/${path}?${new URLSearchParams(parameters).toString()}`);
    const body = (await response.json()) as { status: string; error?: string; data: Data };
    if (body.status !== 'success')
      throw new Error(`Prometheus refused ${path}: ${body.error ?? response.status}`);
    return body.data;
  }
  return {
    /** True when every target has been scraped; a target that fails throws with its error. */
    async everyTargetIsUp(): Promise<boolean> {
      const { activeTargets } = await get<TargetsAnswer>('targets', { state: 'active' });
      return activeTargets.length > 0 && activeTargets.every(({ health }) => health === 'up');
    },

    /** What is stored of the samples that `selector` picks, with the metadata of the scrape job `job`. */
    async view(job: string, selector: string): Promise<RuntimeView> {
      const [metadata, answer] = await Promise.all([
        get<MetadataAnswer>('targets/metadata', { match_target: `{job="${job}"}` }),
        get<QueryAnswer>('query', { query: selector }),
      ]);
      return createRuntimeView(metadata.map(toMetadata), answer.result.map(toSample));
    },
  };
}

/** Reads back what Prometheus stored. */
export type PrometheusReader = ReturnType<typeof createPrometheusReader>;

function toMetadata({ metric, type, help }: MetadataAnswer[number]): FamilyMetadata {
  return { name: metric, type, help };
}

function toSample({ metric, value }: QueryAnswer['result'][number]): StoredSample {
  const { __name__: name = '', ...labels } = metric;
  return { name, labels, value: value[1] };
}
