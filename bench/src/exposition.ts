/**
 * `/metrics` with 30,000 and with 19,000 lines, and one observation of a four-label histogram: this
 * project's binding, prom-client as it comes, Go's client and Python's, side by side. See README.md.
 */
import { temporaryFolder } from '@quay-observability/testkit';
import { observationAim, scrapeAims } from './exposition/aims.ts';
import { availableLibraries } from './exposition/contestants.ts';
import { measureScrapes } from './exposition/measure-scrapes.ts';
import { startServers, stopServers, type LibraryServer } from './exposition/start-servers.ts';
import { observationTable, scrapeTable, type Observations, type ScrapeRound } from './exposition/tables.ts';
import { createWorkload, LINES_PER_CHILD } from './exposition/workload.ts';
import { aimTable, type Aim } from './measure/aims.ts';
import { createHttpClient } from './measure/http-get.ts';
import { note, noteDisturbance, print, printHeading } from './measure/report.ts';
import { measureInRounds } from './measure/rounds.ts';
import { parseRunOptions } from './measure/run-options.ts';
import { DEFAULT_TRIES, undisturbed } from './measure/undisturbed.ts';

/** Lines, rounded up to whole label combinations; the aim was set for the second number. */
const AIMED_LINES = 19_000;
const SIZES = [30_000, AIMED_LINES];
const OBSERVATION_MS = 500;

const { rounds, seconds, tries, only } = parseRunOptions(process.argv.slice(2), {
  seconds: 1,
  tries: DEFAULT_TRIES,
});
const folder = temporaryFolder('bench-exposition');
const http = createHttpClient();
const quietly = <Result>(measure: () => Promise<Result>) => undisturbed(measure, tries, noteDisturbance);
const libraries = await availableLibraries(note, only);

printHeading('/metrics, and one observation');
const aims: Aim[] = [];
let observations: Observations = new Map();
try {
  for (const size of SIZES) {
    const workload = createWorkload(size);
    const servers = await startServers(libraries, workload, folder, http);
    try {
      const lines = (workload.series.length * LINES_PER_CHILD).toLocaleString('en');
      const scrapes = await measureInRounds(rounds, servers, measureRound, (done) =>
        note(`${lines} lines, ${done}`),
      );
      const sizes = new Map(servers.map(({ name, sizeBytes }) => [name, sizeBytes]));
      print(
        `## ${lines} lines (${workload.series.length.toLocaleString('en')} label combinations), nothing has changed since the last scrape\n`,
      );
      print(scrapeTable(scrapes, 'unchanged', sizes));
      print(`## ${lines} lines, every series has changed since the last scrape\n`);
      print(scrapeTable(scrapes, 'changed', sizes));
      if (size === AIMED_LINES) aims.push(...scrapeAims(scrapes, lines));
      // The number of series does not matter to it: a busy registry sees few of them.
      if (observations.size === 0) observations = await measureObservations(servers);
    } finally {
      await stopServers(servers);
    }
  }
  print('## One observation of a histogram with four labels, with its label lookup\n');
  print(observationTable(observations));
  print('## Aims\n');
  print(aimTable([...aims, observationAim(observations)]));
} finally {
  http.close();
}

async function measureRound(server: LibraryServer): Promise<ScrapeRound> {
  return {
    unchanged: await quietly(() => measureScrapes(server, http, { changed: false, seconds })),
    changed: await quietly(() => measureScrapes(server, http, { changed: true, seconds })),
  };
}

function measureObservations(servers: readonly LibraryServer[]): Promise<Observations> {
  return measureInRounds(
    rounds,
    servers.filter(({ name }) => name !== 'floor'),
    ({ url }) => quietly(async () => (await http.json(`${url}/observe?ms=${OBSERVATION_MS}`)) as number),
    (done) => note(`observations, ${done}`),
  );
}
