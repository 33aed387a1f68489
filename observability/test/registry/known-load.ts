import assert from 'node:assert/strict';
import type { Step } from '@quay-observability/python-oracle';
import { queryPrometheus, waitUntil } from '@quay-observability/testkit';
import { follows, REPOSITORY, type Installations } from './start-installations.ts';

const PARALLEL = 4;
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

/** What clients ask one runtime for. */
export type Load = { pulls: number; missing: number; blobs: number };

/** Of the installation `well`, after its first requests: what its clients ask either runtime for, one after the other. */
export const KNOWN: Record<'python' | 'go', Load> = {
  python: { pulls: 60, missing: 20, blobs: 30 },
  go: { pulls: 90, missing: 10, blobs: 20 },
};
/** Lists of tags, of which the new runtime serves only fast ones, and Python, by processes of its own, only slow ones. */
export const TAG_LISTS = {
  go: 100,
  scraped: [...seconds(40, 0.8), ...seconds(10, 3)],
  pushed: [...seconds(30, 0.8), ...seconds(20, 7)],
};
/** Gauges of those processes; and what has ended had pushed. */
export const CONNECTIONS = { scraped: 2, pushed: 3, dead: 50 };
export const DEAD_PULLS = 1_000_000;

/** So many observations of so many seconds. */
function seconds(count: number, value: number): number[] {
  return Array.from({ length: count }, () => value);
}

/** A process of Python lists tags in so many seconds, and holds so many connections. */
export function pythonTagLists(durations: readonly number[], connections: number): Step[] {
  const labels = { method: 'GET', route: 'v2.list_all_tags', status: '200', namespace_name: 'other' };
  return [
    ...durations.map((value): Step => ({
      metric: 'quay_request_duration_seconds',
      action: 'observe',
      labels,
      value,
    })),
    { metric: 'quay_db_pooled_connections_in_use', action: 'set', labels: {}, value: connections },
  ];
}

/** Sends it, a few requests at a time. */
export async function sendLoad({ gateway, image }: Installations, load: Load): Promise<void> {
  const repository = `${gateway.url}/v2/${REPOSITORY}`;
  const digest = image.blobs[0]?.digest ?? '';
  await inParallel(load.pulls, () => get(`${repository}/manifests/latest`, 200));
  await inParallel(load.missing, () => get(`${repository}/manifests/missing`, 404));
  await inParallel(load.blobs, () => get(`${repository}/blobs/${digest}`, 200));
}

/** Asks the new runtime so often for the tags. */
export function listTags({ gateway }: Installations, times: number): Promise<void> {
  return inParallel(times, () => get(`${gateway.url}/v2/${REPOSITORY}/tags/list`, 200));
}

/** Gives the registry to a runtime, and waits until the gateway follows. */
export async function giveTo(runtime: 'python' | 'go', { gateway, switches }: Installations): Promise<void> {
  await follows(gateway, switches.publish({ ROUTE_OWNER_FAMILY_REGISTRY_V2: runtime }));
}

/** Gateways ask for `/v2/` to tell whether Python is ready, and Python counts that. */
export const NO_PROBES = 'route!="v2.v2_support_enabled"';
/** Counters of both workers of Python. */
export const WORKERS = 'cluster="well", runtime="python", process_name="flask_registry:application"';

/**
 * Makes every counter that is to be compared begin, in both workers of Python and in the gateway, and waits until all are
 * stored: a first value is no rise. Returns what was sent.
 */
export async function beginCounting(installations: Installations): Promise<Record<'python' | 'go', Load>> {
  const once: Load = { pulls: 1, missing: 1, blobs: 1 };
  await giveTo('go', installations);
  await sendLoad(installations, once);
  await listTags(installations, 1);
  await giveTo('python', installations);
  const round: Load = { pulls: PARALLEL, missing: PARALLEL, blobs: PARALLEL };
  let rounds = 0;
  const { url } = installations.prometheus;
  const children = `count(quay_registry_image_pulls_total{${WORKERS}}) + count(quay_registry_image_pulled_estimated_bytes_total{${WORKERS}})
    + count(quay_request_duration_seconds_count{${WORKERS}, ${NO_PROBES}})`;
  await waitUntil(
    'every counter of both workers',
    async () => {
      await sendLoad(installations, round);
      rounds += 1;
      // Of each: pulls found and not found, bytes, and three kinds of requests.
      return (await queryPrometheus(url, children))[0]?.value === 2 * (2 + 1 + 3);
    },
    { timeoutMs: 60_000, intervalMs: 500 },
  );
  return {
    go: once,
    python: { pulls: rounds * PARALLEL, missing: rounds * PARALLEL, blobs: rounds * PARALLEL },
  };
}

async function inParallel(times: number, act: () => Promise<void>): Promise<void> {
  let left = times;
  const work = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await act();
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
}

async function get(url: string, status: number): Promise<void> {
  const response = await fetch(url, { headers: { accept: MANIFEST } });
  await response.arrayBuffer();
  assert.equal(response.status, status, url);
}
