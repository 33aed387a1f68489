/**
 * Small manifests and large blobs: straight from the upstream, through nginx, and through
 * `registry-metrics`, side by side, with the proxies' CPU time. See README.md.
 */
import { temporaryFolder } from '@quay-observability/testkit';
import { createHttpClient } from './measure/http-get.ts';
import { note, print, printHeading } from './measure/report.ts';
import { measureInRounds } from './measure/rounds.ts';
import { parseRunOptions } from './measure/run-options.ts';
import { checkAnswers } from './proxy/check-answers.ts';
import { startContestants } from './proxy/contestants.ts';
import { miscount, parseCounted, type Asked } from './proxy/counters.ts';
import { writeImage } from './proxy/images.ts';
import { MANIFEST_CONNECTIONS, measureManifests, measureRound } from './proxy/measure-round.ts';
import { startUpstream } from './proxy/nginx.ts';
import { latencyTable, throughputTable } from './proxy/tables.ts';

/** Requests one by one, after which the counters must be right to the last one. */
const COUNTED_REQUESTS = 500;

const { rounds, only, ...options } = parseRunOptions(process.argv.slice(2), { seconds: 3 });
const seconds = Math.ceil(options.seconds);
const folder = temporaryFolder('bench-proxy');
const image = writeImage(folder);
const http = createHttpClient();

printHeading('Manifests and blobs through a proxy');
const upstream = await startUpstream(folder, image, folder);
const started = await startContestants(upstream, image, folder);
try {
  const contestants = started.filter(({ name }) => only.length === 0 || only.includes(name));
  const counting = started.find(({ metricsUrl }) => metricsUrl !== undefined)!;
  const counted = async () => parseCounted(await http.text(counting.metricsUrl ?? ''));
  const expectCounts = async (before: ReturnType<typeof parseCounted>, asked: Asked) => {
    const problem = miscount(before, await counted(), asked);
    if (problem !== undefined) throw new Error(`${counting.name} miscounts: ${problem}`);
  };

  for (const contestant of contestants) await checkAnswers(contestant, image);
  const atFirst = await counted();
  for (let at = 0; at < COUNTED_REQUESTS; at += 1) await http.sizeOf(`${counting.url}${image.manifest.path}`);
  await expectCounts(atFirst, { manifests: COUNTED_REQUESTS, unfinished: 0, blobBytes: 0 });

  note('warming up');
  for (const contestant of contestants) await measureManifests(contestant, { image, seconds, folder });
  const full = await measureManifests(counting, { image, seconds, folder });
  const round = { image, seconds, folder, halfLoadPerSecond: full.perSecond / 2 };
  const before = await counted();
  const results = await measureInRounds(rounds, contestants, (one) => measureRound(one, round), note);

  const counts = results.get(counting.name) ?? [];
  const sum = (of: (one: (typeof counts)[number]) => number) =>
    counts.reduce((total, one) => total + of(one), 0);
  const asked = {
    manifests: sum(({ manifests, halfLoad }) => manifests.count + halfLoad.count),
    unfinished: counts.length * 2 * MANIFEST_CONNECTIONS,
    blobBytes: sum(({ blobs }) => blobs.count),
  };
  await expectCounts(before, asked);

  print('## 2 KB manifests, 64 connections, as fast as they go\n');
  print(throughputTable(results, 'manifests', { heading: 'requests', unit: 1 }));
  print('## 64 MiB blobs, 4 connections\n');
  print(throughputTable(results, 'blobs', { heading: 'GB', unit: 1e9 }));
  print('## 2 KB manifests, 64 connections, at half of what registry-metrics can do\n');
  print(latencyTable(results));
  print(
    `registry-metrics counted all ${asked.manifests} manifests and ${asked.blobBytes / image.blob.sizeBytes} blobs.`,
  );
} finally {
  http.close();
  for (const { stop } of started) await stop();
  await upstream.process.stop();
}
