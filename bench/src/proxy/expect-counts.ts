import type { HttpClient } from '../measure/http-get.ts';
import type { Contestant } from './contestants.ts';
import { miscount, nothingAsked, parseCounted, type Asked, type Counted } from './counters.ts';

/** Requests one by one, after which the counters must be right to the last one. */
const SINGLE_REQUESTS = 500;

/** Throws unless a contestant has counted, since `before`, what it was asked. One without metrics passes. */
export async function expectCounts(
  contestant: Contestant,
  http: HttpClient,
  before: Counted | undefined,
  asked: Asked,
): Promise<void> {
  const after = await readCounted(contestant, http);
  if (before === undefined || after === undefined) return;
  const problem = miscount(before, after, asked);
  if (problem !== undefined) throw new Error(`${contestant.name} miscounts: ${problem}`);
}

/** What a contestant says it has counted; undefined for one without metrics. */
export async function readCounted(
  { metricsUrl }: Contestant,
  http: HttpClient,
): Promise<Counted | undefined> {
  return metricsUrl === undefined ? undefined : parseCounted(await http.text(metricsUrl));
}

/** Asks for one manifest after another. Throws unless each is counted, and nothing else. */
export async function checkSingleCounts(
  contestant: Contestant,
  http: HttpClient,
  manifestPath: string,
): Promise<void> {
  if (contestant.metricsUrl === undefined) return;
  const before = await readCounted(contestant, http);
  for (let at = 0; at < SINGLE_REQUESTS; at += 1) await http.sizeOf(`${contestant.url}${manifestPath}`);
  await expectCounts(contestant, http, before, { ...nothingAsked(), manifests: SINGLE_REQUESTS });
}
