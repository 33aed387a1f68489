/**
 * Small manifests and large blobs: straight from the upstream, and through nginx, a proxy in Go, Python
 * as today, and `registry-metrics`, side by side, with the proxies' CPU time. See README.md.
 */
import { temporaryFolder } from '@quay-observability/testkit';
import { aimTable } from './measure/aims.ts';
import { createHttpClient } from './measure/http-get.ts';
import { note, print, printHeading } from './measure/report.ts';
import { measureInRounds } from './measure/rounds.ts';
import { parseRunOptions } from './measure/run-options.ts';
import { DEFAULT_TRIES } from './measure/undisturbed.ts';
import { proxyAims } from './proxy/aims.ts';
import { checkAnswers } from './proxy/check-answers.ts';
import { OURS, selectNames, startContestants } from './proxy/contestants.ts';
import { nothingAsked } from './proxy/counters.ts';
import { checkSingleCounts, expectCounts, readCounted } from './proxy/expect-counts.ts';
import { writeImage } from './proxy/images.ts';
import { measureManifests, measureRound } from './proxy/measure-round.ts';
import { startUpstream } from './proxy/nginx.ts';
import { latencyTable, throughputTable } from './proxy/tables.ts';

const WARM_UP_SECONDS = 8;
const { rounds, only, ...options } = parseRunOptions(process.argv.slice(2), {
  seconds: 2,
  tries: DEFAULT_TRIES,
});
const names = selectNames(only);
const folder = temporaryFolder('bench-proxy');
const image = writeImage(folder);
const http = createHttpClient();

printHeading('Manifests and blobs through a proxy');
const upstream = await startUpstream(folder, image, folder);
const place = { upstream, image, folder, onAbsent: note };
// Ours always runs: its capacity is what the half load is half of.
const started = await startContestants(names.includes(OURS) ? names : [...names, OURS], place);
try {
  const contestants = started.filter(({ name }) => names.includes(name));
  const ours = started.find(({ name }) => name === OURS)!;
  for (const contestant of contestants) {
    await checkAnswers(contestant, image);
    await checkSingleCounts(contestant, http, image.manifest.path);
  }

  const askedOf = new Map(started.map(({ name }) => [name, nothingAsked()]));
  const asked = (name: string) => askedOf.get(name)!;
  const round = { ...options, seconds: Math.ceil(options.seconds), image, folder, asked };
  const before = new Map<string, Awaited<ReturnType<typeof readCounted>>>();
  for (const contestant of started) before.set(contestant.name, await readCounted(contestant, http));
  note('warming up');
  // What a just-in-time compiler still has to learn is no part of the comparison.
  for (const contestant of contestants)
    await measureManifests(contestant, { ...round, seconds: WARM_UP_SECONDS });
  const full = await measureManifests(ours, round);
  const results = await measureInRounds(
    rounds,
    contestants,
    (one) => measureRound(one, { ...round, halfLoadPerSecond: full.perSecond / 2 }),
    note,
  );
  for (const one of started) await expectCounts(one, http, before.get(one.name), asked(one.name));

  print('## 2 KB manifests, 64 connections, as fast as they go\n');
  print(throughputTable(results, 'manifests', { heading: 'requests', unit: 1 }));
  print('## 64 MiB blobs, 4 connections\n');
  print(throughputTable(results, 'blobs', { heading: 'GB', unit: 1e9 }));
  print('## 2 KB manifests, 64 connections, at half of what registry-metrics can do\n');
  print(latencyTable(results));
  print('## Aims of registry-metrics\n');
  print(aimTable(proxyAims(results)));
  for (const { name } of contestants.filter(({ metricsUrl }) => metricsUrl !== undefined))
    print(
      `${name} counted all ${asked(name).manifests} manifests and ${asked(name).blobBytes / image.blob.sizeBytes} blobs.`,
    );
} finally {
  http.close();
  for (const { stop } of started) await stop();
  await upstream.process.stop();
}
