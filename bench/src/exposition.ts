/**
 * `/metrics` with 30,000 series and one observation of a four-label histogram: this project's binding,
 * prom-client as it comes, Go's client and Python's, side by side. See README.md.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@quay-observability/testkit';
import { checkExposition } from './exposition/check-exposition.ts';
import { availableLibraries, type Library } from './exposition/contestants.ts';
import { measureScrapes } from './exposition/measure-scrapes.ts';
import { observationTable, scrapeTable, type RoundResult } from './exposition/tables.ts';
import { createWorkload } from './exposition/workload.ts';
import { createHttpClient } from './measure/http-get.ts';
import { note, noteDisturbance, print, printHeading } from './measure/report.ts';
import { measureInRounds } from './measure/rounds.ts';
import { parseRunOptions } from './measure/run-options.ts';
import { startChild } from './measure/start-child.ts';
import { DEFAULT_TRIES, undisturbed } from './measure/undisturbed.ts';

const options = parseRunOptions(process.argv.slice(2), { seconds: 1, tries: DEFAULT_TRIES });
const workload = createWorkload(30_000);
const folder = temporaryFolder('bench-exposition');
const workloadFile = join(folder, 'workload.json');
writeFileSync(workloadFile, JSON.stringify(workload));
const http = createHttpClient();

printHeading('/metrics with 30,000 series');
const wanted = ({ name }: Library) => options.only.length === 0 || options.only.includes(name);
const libraries = (await availableLibraries(workloadFile, note)).filter(wanted);
const servers = await Promise.all(
  libraries.map(async (library) => ({ ...(await startChild(library, folder)), isNode: library.isNode })),
);
const quietly = <Result>(measure: () => Promise<Result>) =>
  undisturbed(measure, options.tries, noteDisturbance);
try {
  const sizes = new Map<string, number>();
  for (const { name, url } of servers) {
    await http.json(`${url}/touch`);
    const exposition = await http.text(`${url}/metrics`);
    checkExposition(exposition, workload, 1);
    sizes.set(name, Buffer.byteLength(exposition));
  }
  const results = await measureInRounds(
    options.rounds,
    servers,
    async (server): Promise<RoundResult> => ({
      unchanged: await quietly(() =>
        measureScrapes(server, http, { changed: false, seconds: options.seconds }),
      ),
      changed: await quietly(() => measureScrapes(server, http, { changed: true, seconds: options.seconds })),
      observationNs: await quietly(async () => (await http.json(`${server.url}/observe?ms=500`)) as number),
    }),
    note,
  );
  print('## A scrape when nothing has changed since the last one\n');
  print(scrapeTable(results, 'unchanged', sizes));
  print('## A scrape when every series has changed since the last one\n');
  print(scrapeTable(results, 'changed', sizes));
  print('## One observation of a histogram with four labels, with its label lookup\n');
  results.delete('floor');
  print(observationTable(results));
} finally {
  http.close();
  await Promise.all(servers.map(({ process: running }) => running.stop()));
}
