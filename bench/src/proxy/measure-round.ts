import { withCpuTime } from '../measure/cpu-time.ts';
import type { Contestant } from './contestants.ts';
import type { Image } from './images.ts';
import { readBlobs } from './read-blobs.ts';
import { runWrk } from './wrk.ts';

export const MANIFEST_CONNECTIONS = 64;
export const BLOB_CONNECTIONS = 4;

/** How much, in what time; `perCpuSecond` of the proxy, undefined where there is none. */
export type Throughput = { count: number; perSecond: number; perCpuSecond: number | undefined };

/** Latency under a load that the machine bears easily. */
export type Latency = { count: number; perSecond: number; p50Ms: number; p99Ms: number };

/** What one contestant did in one round. Blobs count in bytes. */
export type RoundResult = { manifests: Throughput; blobs: Throughput; halfLoad: Latency };

export type RoundOptions = {
  image: Image;
  seconds: number;
  /** Manifests a second while latencies are taken. */
  halfLoadPerSecond: number;
  folder: string;
};

/** As many manifests as go, over 64 connections. */
export async function measureManifests(
  { url, pid }: Contestant,
  { image, seconds, folder }: Pick<RoundOptions, 'image' | 'seconds' | 'folder'>,
): Promise<Throughput> {
  const { path, sizeBytes: minimumBytes } = image.manifest;
  const load = { url: `${url}${path}`, connections: MANIFEST_CONNECTIONS, seconds, minimumBytes };
  const { result, cpuSeconds } = await timed(pid, () => runWrk(load, folder));
  const { requests, perSecond } = result;
  return { count: requests, perSecond, perCpuSecond: cpuSeconds && requests / cpuSeconds };
}

/** Manifests, blobs, and latencies, one after the other. */
export async function measureRound(contestant: Contestant, options: RoundOptions): Promise<RoundResult> {
  const { image, seconds, folder, halfLoadPerSecond: perSecond } = options;
  const manifests = await measureManifests(contestant, options);
  const blobs = await measureBlobs(contestant, options);
  const { path, sizeBytes: minimumBytes } = image.manifest;
  const url = `${contestant.url}${path}`;
  const load = { url, connections: MANIFEST_CONNECTIONS, seconds, minimumBytes, perSecond };
  const { requests: count, ...latency } = await runWrk(load, folder);
  return { manifests, blobs, halfLoad: { count, ...latency } };
}

async function measureBlobs(
  { url, pid }: Contestant,
  { image, seconds }: Pick<RoundOptions, 'image' | 'seconds'>,
): Promise<Throughput> {
  const { path, sizeBytes } = image.blob;
  const options = { connections: BLOB_CONNECTIONS, seconds, sizeBytes };
  const { result, cpuSeconds, seconds: passed } = await timed(pid, () => readBlobs(`${url}${path}`, options));
  const count = result * sizeBytes;
  return { count, perSecond: count / passed, perCpuSecond: cpuSeconds && count / cpuSeconds };
}

async function timed<Result>(pid: number | undefined, work: () => Promise<Result>) {
  if (pid !== undefined) return withCpuTime(pid, work);
  const before = performance.now();
  const result = await work();
  return { result, cpuSeconds: undefined, seconds: (performance.now() - before) / 1000 };
}
