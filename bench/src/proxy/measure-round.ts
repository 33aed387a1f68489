import { withCpuTime } from '../measure/cpu-time.ts';
import { noteDisturbance } from '../measure/report.ts';
import { undisturbed } from '../measure/undisturbed.ts';
import type { Contestant } from './contestants.ts';
import type { Asked } from './counters.ts';
import type { Image } from './images.ts';
import { readBlobs } from './read-blobs.ts';
import { runWrk, type WrkResult } from './wrk.ts';

const MANIFEST_CONNECTIONS = 64;
const BLOB_CONNECTIONS = 4;

/** How much, in what time; `perCpuSecond` of the proxy, undefined where there is none. */
export type Throughput = { perSecond: number; perCpuSecond: number | undefined };

/** What one contestant did in one round. Blobs count in bytes. */
export type RoundResult = { manifests: Throughput; blobs: Throughput; halfLoad: Omit<WrkResult, 'requests'> };

export type RoundOptions = {
  image: Image;
  seconds: number;
  /** How often a measurement is repeated at most. */
  tries: number;
  folder: string;
  /** Keeps what each contestant was asked, repeated measurements included. */
  asked: (name: string) => Asked;
};

/** Manifests, blobs, and latencies at `halfLoadPerSecond` manifests a second, one after the other. */
export async function measureRound(
  contestant: Contestant,
  options: RoundOptions & { halfLoadPerSecond: number },
): Promise<RoundResult> {
  const { halfLoadPerSecond } = options;
  const quietly = <Result>(measure: () => Promise<Result>) =>
    undisturbed(measure, options.tries, noteDisturbance);
  return {
    manifests: await quietly(() => measureManifests(contestant, options)),
    blobs: await quietly(() => measureBlobs(contestant, options)),
    halfLoad: await quietly(() => askManifests(contestant, options, halfLoadPerSecond)),
  };
}

/** As many manifests as go, over 64 connections. */
export async function measureManifests(contestant: Contestant, options: RoundOptions): Promise<Throughput> {
  const { result, cpuSeconds } = await timed(contestant.pid, () => askManifests(contestant, options));
  const { requests, perSecond } = result;
  return { perSecond, perCpuSecond: cpuSeconds && requests / cpuSeconds };
}

async function askManifests(
  { name, url }: Contestant,
  { image, seconds, folder, asked }: RoundOptions,
  perSecond?: number,
): Promise<WrkResult> {
  const { path, sizeBytes: minimumBytes } = image.manifest;
  const load = { url: `${url}${path}`, connections: MANIFEST_CONNECTIONS, seconds, minimumBytes };
  const result = await runWrk(perSecond === undefined ? load : { ...load, perSecond }, folder);
  asked(name).manifests += result.requests;
  asked(name).unfinished += MANIFEST_CONNECTIONS;
  return result;
}

async function measureBlobs(
  { name, url, pid }: Contestant,
  { image, seconds, asked }: RoundOptions,
): Promise<Throughput> {
  const { path, sizeBytes } = image.blob;
  const options = { connections: BLOB_CONNECTIONS, seconds, sizeBytes };
  const { result, cpuSeconds, seconds: passed } = await timed(pid, () => readBlobs(`${url}${path}`, options));
  const bytes = result * sizeBytes;
  asked(name).blobBytes += bytes;
  return { perSecond: bytes / passed, perCpuSecond: cpuSeconds && bytes / cpuSeconds };
}

async function timed<Result>(pid: number | undefined, work: () => Promise<Result>) {
  if (pid !== undefined) return withCpuTime(pid, work);
  const before = performance.now();
  const result = await work();
  return { result, cpuSeconds: undefined, seconds: (performance.now() - before) / 1000 };
}
