/**
 * What tracing costs a request of the gateway: off, not sampled, sampled, and the same with the plain
 * calls of OpenTelemetry; nanoseconds and bytes of heap, in one run. Options: `--rounds`, `--only`.
 */
import { createServer } from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';
import { freePort } from '@quay-observability/testkit';
import { startTracing } from '@quay-observability/tracing';
import { formatNumber, formatRatio, formatTable } from './measure/print-table.ts';
import { note, print, printHeading } from './measure/report.ts';
import { measureInRounds } from './measure/rounds.ts';
import { parseRunOptions } from './measure/run-options.ts';
import { median, medianRatio, spread } from './measure/statistics.ts';
import { BASELINE, contestants, type Contestant } from './tracing/contestants.ts';

// Fewer than the queue of the SDK holds, so that no sampled span is dropped instead of queued.
const CHUNK = 400;
const CHUNKS = 400;
const WARM_UP = 100;

type Result = { nanoseconds: number; bytes: number };

async function measure({ sampleRate, headers, request }: Contestant): Promise<Result> {
  // Takes every span and answers at once, outside of what is timed.
  const collector = createServer((incoming, response) => incoming.resume().on('end', () => response.end()));
  const port = await freePort();
  await new Promise<void>((resolve) => collector.listen(port, '127.0.0.1', resolve));
  let settled = 0;
  const tracing = await startTracing(
    {
      enabled: sampleRate !== undefined,
      serviceName: 'bench',
      endpoint: `http://127.0.0.1:${port}/v1/traces`,
      dynatrace: undefined,
      sampleRate: sampleRate ?? 0,
      excludedUrls: ['api/v1/.*', 'v2/_catalog', 'v2/auth'],
    },
    { onProblem: note, onExport: ({ spans }) => (settled += spans) },
    { instrumentations: [] },
  );
  const times: number[] = [];
  const sizes: number[] = [];
  let made = 0;
  for (let chunk = -WARM_UP; chunk < CHUNKS; chunk++) {
    const heapBefore = process.memoryUsage().heapUsed;
    const before = process.hrtime.bigint();
    for (let index = 0; index < CHUNK; index++)
      made += request(`/v2/org/repo/manifests/${index}`, headers) & 1;
    const nanoseconds = Number(process.hrtime.bigint() - before);
    const bytes = process.memoryUsage().heapUsed - heapBefore;
    if (chunk >= 0) times.push(nanoseconds / CHUNK);
    // A negative difference has a garbage collection in it.
    if (chunk >= 0 && bytes >= 0) sizes.push(bytes / CHUNK);
    if (sampleRate === 1) while (settled < (chunk + WARM_UP + 1) * CHUNK - CHUNK) await turn();
  }
  if (made < 0) throw new Error('unreachable; keeps the work from being optimised away');
  await tracing.shutdown();
  collector.close();
  collector.closeAllConnections();
  return { nanoseconds: median(times), bytes: median(sizes) };
}

process.env.OTEL_BSP_SCHEDULE_DELAY = '1';
const { rounds, only } = parseRunOptions(process.argv.slice(2), { seconds: 1 });
const chosen = contestants.filter(
  ({ name }) => only.length === 0 || only.some((part) => name.includes(part)),
);
printHeading('Tracing a request of the gateway');
const results = await measureInRounds(rounds, chosen, measure, note);
const of = (name: string): number[] => (results.get(name) ?? []).map(({ nanoseconds }) => nanoseconds);
const rows = chosen.map(({ name, sampleRate }) => {
  const plain = sampleRate === 1 ? 'OpenTelemetry directly, sampled' : 'OpenTelemetry directly, not sampled';
  return [
    name,
    formatNumber(median(of(name))),
    `${Math.round(100 * spread(of(name)))} %`,
    formatRatio(medianRatio(of(name), of(BASELINE))),
    formatRatio(medianRatio(of(name), of(plain))),
    formatNumber(median((results.get(name) ?? []).map(({ bytes }) => bytes))),
  ];
});
print(
  formatTable(
    [
      'contestant',
      'ns/request (median)',
      'spread',
      'to tracing off',
      'to OpenTelemetry',
      'heap bytes/request',
    ],
    rows,
  ),
);
print(
  `${CHUNKS * CHUNK} requests a round, ${rounds} rounds; a sampled span is timed until it is queued for export.`,
);
