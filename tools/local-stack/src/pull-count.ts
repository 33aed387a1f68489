import { queryPrometheus } from '@quay-observability/testkit';

const PULLS = 'quay_registry_image_pulls_total';

/** The pulls that an exposition in text format counts, over all labels. */
export function pullsIn(exposition: string): number {
  const values = exposition
    .split('\n')
    .filter((line) => line.startsWith(`${PULLS}{`))
    .map((line) =>
      Number(
        line
          .slice(line.lastIndexOf('}') + 1)
          .trim()
          .split(' ')[0],
      ),
    );
  return values.reduce((sum, value) => sum + value, 0);
}

/** The pulls that an app has counted; undefined if it does not answer. */
export async function pullsOf(adminUrl: string): Promise<number | undefined> {
  try {
    const response = await fetch(`${adminUrl}/metrics`, { signal: AbortSignal.timeout(3000) });
    return response.ok ? pullsIn(await response.text()) : undefined;
  } catch {
    return undefined;
  }
}

/** The pulls of the new runtime as Prometheus has them; undefined if it does not answer. */
export async function pullsInPrometheus(prometheusUrl: string): Promise<number | undefined> {
  try {
    const [sample] = await queryPrometheus(prometheusUrl, `sum(${PULLS}{runtime="go"})`);
    return sample?.value ?? 0;
  } catch {
    return undefined;
  }
}
