/**
 * A contestant in Node: serves the request histogram over HTTP, kept by this project's binding or by
 * prom-client as it comes; or `floor`, which sends the same bytes ready-made and so costs what HTTP alone
 * costs. Arguments: which of the three, the workload file, the port.
 */
import { readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { createMetrics } from '@quay-observability/metrics';
import { Histogram, Registry } from 'prom-client';
import { watchHold } from './watch-hold.ts';
import { touchedValue, type Workload } from './workload.ts';

type Labels = { method: string; route: string; status: string; namespace_name: string };
type Contestant = {
  observe: (labels: Labels, value: number) => void;
  expose: () => Promise<{ contentType: string; body: string | Buffer }>;
};

const [kind, workloadFile = '', port] = process.argv.slice(2);
const workload = JSON.parse(readFileSync(workloadFile, 'utf8')) as Workload;
const { observe, expose } = kind === 'prom-client' ? promClient() : kind === 'floor' ? floor() : ours();
let touches = 0;
let longestHoldMs = 0;

createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  if (pathname === '/metrics') void scrape(response, searchParams.has('watch'));
  else if (pathname === '/touch') answer(response, touchAll());
  else if (pathname === '/observe') answer(response, timeObservations(Number(searchParams.get('ms'))));
  else if (pathname === '/longest-hold') answer(response, longestHoldMs);
  else response.writeHead(404).end();
}).listen(Number(port), '127.0.0.1');

function ours(): Contestant {
  const metrics = createMetrics({ app: 'registry-metrics', runtimeMetrics: false });
  const histogram = metrics.histogram('quay_request_duration_seconds');
  return {
    observe: (labels, value) => histogram.observe(labels, value),
    expose: () => metrics.exposition(),
  };
}

/** Renders once, when all series have their first observation. */
function floor(): Contestant {
  const { observe, expose } = ours();
  let ready: ReturnType<Contestant['expose']> | undefined;
  return {
    observe: (labels, value) => {
      if (ready === undefined) observe(labels, value);
    },
    expose: () => (touches === 0 ? expose() : (ready ??= expose())),
  };
}

function promClient(): Contestant {
  const registry = new Registry();
  registry.setDefaultLabels({ runtime: 'go' });
  const histogram = new Histogram({
    name: 'quay_request_duration_seconds',
    help: 'seconds taken to process a request',
    labelNames: workload.labelNames,
    buckets: [...workload.buckets],
    registers: [registry],
  });
  return {
    observe: (labels, value) => histogram.observe(labels, value),
    expose: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  };
}

async function scrape(response: ServerResponse, watched: boolean): Promise<void> {
  const stopWatching = watched ? watchHold() : undefined;
  const { contentType, body } = await expose();
  response.writeHead(200, { 'content-type': contentType });
  response.end(body, () => {
    if (stopWatching !== undefined) longestHoldMs = stopWatching();
  });
}

function touchAll(): number {
  touches += 1;
  for (const [at, [method, route, status, namespace_name]] of workload.series.entries())
    observe({ method, route, status, namespace_name }, touchedValue(at, touches));
  return touches;
}

/** Nanoseconds per observation with its label lookup, over `milliseconds`. */
function timeObservations(milliseconds: number): number {
  const { busySeries, values } = workload;
  const series = workload.series.slice(0, busySeries);
  let count = 0;
  const start = performance.now();
  let elapsedMs = 0;
  while (elapsedMs < milliseconds) {
    for (let at = 0; at < 1024; at += 1) {
      const [method, route, status, namespace_name] = series[at % busySeries]!;
      observe({ method, route, status, namespace_name }, values[at % values.length]!);
    }
    count += 1024;
    elapsedMs = performance.now() - start;
  }
  return (elapsedMs * 1e6) / count;
}

function answer(response: ServerResponse, number: number): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(number));
}
