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
import { miscount, nothingAsked, parseCounted, type Asked } from './proxy/counters.ts';
import { writeImage } from './proxy/images.ts';
import { measureManifests, measureRound } from './proxy/measure-round.ts';
import { startUpstream } from './proxy/nginx.ts';
import { latencyTable, throughputTable } from './proxy/tables.ts';

/** Requests one by one, after which the counters must be right to the last one. */
const COUNTED_REQUESTS = 500;

const { rounds, only, ...options } = parseRunOptions(process.argv.slice(2), { seconds: 2 });
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
  await expectCounts(atFirst, { ...nothingAsked(), manifests: COUNTED_REQUESTS });

  const askedOf = new Map(started.map(({ name }) => [name, nothingAsked()]));
  const round = {
    image,
    seconds: Math.ceil(options.seconds),
    folder,
    asked: (name: string) => askedOf.get(name)!,
  };
  const before = await counted();
  note('warming up');
  for (const contestant of contestants) await measureManifests(contestant, round);
  const full = await measureManifests(counting, round);
  const results = await measureInRounds(
    rounds,
    contestants,
    (one) => measureRound(one, { ...round, halfLoadPerSecond: full.perSecond / 2 }),
    note,
  );
  const asked = round.asked(counting.name);
  await expectCounts(before, asked);

  print('## 2 KB manifests, 64 connections, as fast as they go\n');
  print(throughputTable(results, 'manifests', { heading: 'requests', unit: 1 }));
  print('## 64 MiB blobs, 4 connections\n');
  print(throughputTable(results, 'blobs', { heading: 'GB', unit: 1e9 }));
  print('## 2 KB manifests, 64 connections, at half of what registry-metrics can do\n');
  print(latencyTable(results));
  const blobs = asked.blobBytes / image.blob.sizeBytes;
  print(`registry-metrics counted all ${asked.manifests} manifests and ${blobs} blobs.`);
} finally {
  http.close();
  for (const { stop } of started) await stop();
  await upstream.process.stop();
}
