import { type Child } from '../measure/start-child.ts';
import type { Image } from './images.ts';
import { startNginxProxy } from './nginx.ts';
import { startGatewayAlone, startRegistryMetrics } from './node-contestants.ts';
import { startGo, startGoLargeBuffers, startPython } from './other-runtimes.ts';

/** A way from the client to the upstream. */
export type Contestant = {
  name: string;
  url: string;
  /** Process whose CPU time counts, its children's included; undefined where nothing stands between. */
  pid: number | undefined;
  /** Where it tells its metrics, if it has any. */
  metricsUrl: string | undefined;
  stop: () => Promise<void>;
};

/** What a contestant is started with. */
export type Place = {
  upstream: Child;
  image: Image;
  /** For its files and its log. */
  folder: string;
  /** Hears why one is left out that this machine cannot run. */
  onAbsent: (reason: string) => void;
};

type Start = (place: Place) => Promise<Contestant | undefined>;

/** The one whose capacity sets the half load, and whose aims are judged. */
export const OURS = 'registry-metrics';

// In the order of the tables.
const STARTERS = new Map<string, Start>([
  ['direct', ({ upstream }) => Promise.resolve(direct(upstream))],
  ['nginx', startNginxProxy],
  ['go', startGo],
  ['go 512 KiB', startGoLargeBuffers],
  ['python', startPython],
  ['libs/gateway alone', startGatewayAlone],
  [OURS, startRegistryMetrics],
]);

/** The names asked for, in the order of the tables; all if none is. Throws on a name that there is not. */
export function selectNames(only: readonly string[]): string[] {
  const unknown = only.find((name) => !STARTERS.has(name));
  if (unknown !== undefined)
    throw new Error(`--only: there is no "${unknown}", only ${[...STARTERS.keys()].join(', ')}`);
  return [...STARTERS.keys()].filter((name) => only.length === 0 || only.includes(name));
}

/** Starts the ways to the upstream with these names, one after the other. If one fails, the others are stopped. */
export async function startContestants(names: readonly string[], place: Place): Promise<Contestant[]> {
  const started: Contestant[] = [];
  try {
    for (const name of names) {
      const contestant = await STARTERS.get(name)?.(place);
      if (contestant !== undefined) started.push(contestant);
    }
    return started;
  } catch (error) {
    for (const { stop } of started) await stop();
    throw error;
  }
}

function direct({ url }: Child): Contestant {
  return { name: 'direct', url, pid: undefined, metricsUrl: undefined, stop: () => Promise.resolve() };
}
