import { EVERY_APP } from '@quay-observability/metric-catalogue';
import type { ProcessRecord } from './process-record.ts';

/** A process that polls more rarely than this is silent. */
export const SILENT_AFTER_MS = 30_000;

/** Processes that are kept. Names that are not those of our apps (Python's, or anybody's) get a part of the places. */
export const PROCESS_LIMITS = { all: 1000, foreign: 200, foreignOfOneHost: 100 };

const OUR_NAMES: ReadonlySet<string> = new Set(EVERY_APP);

/** A place for one more process, and whose it was; undefined if it was nobody's. */
export type Room = { readonly evict: ProcessRecord | undefined };

/**
 * Finds a place among `records` for a process that is not there; undefined if there is none. Anybody can invent
 * names, so that one that is not ours takes the place of silent others of its kind at most, while one of our apps
 * takes any of theirs. Nobody gives way to a process that is itself silent, and no live one of ours to anybody.
 */
export function roomFor(
  candidate: Pick<ProcessRecord, 'name' | 'host' | 'lastSeenMs'>,
  records: Iterable<ProcessRecord>,
  nowMs: number,
): Room | undefined {
  const all = [...records];
  const foreign = all.filter(({ name }) => !OUR_NAMES.has(name));
  const isSilent = ({ lastSeenMs }: Pick<ProcessRecord, 'lastSeenMs'>): boolean =>
    nowMs - lastSeenMs > SILENT_AFTER_MS;
  const isOurs = OUR_NAMES.has(candidate.name);
  const crowd = isOurs ? undefined : crowdOf(candidate, foreign);
  if (crowd === undefined && all.length < PROCESS_LIMITS.all) return { evict: undefined };
  if (isSilent(candidate)) return undefined;
  if (isOurs) {
    const place = longestSilent(foreign) ?? longestSilent(all.filter(isSilent));
    return place && { evict: place };
  }
  const place = longestSilent((crowd ?? foreign).filter(isSilent));
  return place && { evict: place };
}

/** Those of whom there are too many already for one more. */
function crowdOf(
  { host }: Pick<ProcessRecord, 'host'>,
  foreign: readonly ProcessRecord[],
): readonly ProcessRecord[] | undefined {
  const neighbours = foreign.filter((each) => each.host === host);
  if (neighbours.length >= PROCESS_LIMITS.foreignOfOneHost) return neighbours;
  return foreign.length >= PROCESS_LIMITS.foreign ? foreign : undefined;
}

function longestSilent(records: readonly ProcessRecord[]): ProcessRecord | undefined {
  let longest: ProcessRecord | undefined;
  for (const record of records)
    if (longest === undefined || record.lastSeenMs < longest.lastSeenMs) longest = record;
  return longest;
}
