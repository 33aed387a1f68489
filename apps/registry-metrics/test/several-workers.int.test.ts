import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { requireProgram, startApp, startRegistry, waitUntil, type Server } from '@quay-observability/testkit';
import { pushEmptyImage, startImageLoad, type ImageLoad } from './image-load.ts';
import { isAlive, runWorkers, socketsOf, type RunningWorkers } from './run-workers.ts';
import { scrape, type Samples } from './samples.ts';

const APP = join(import.meta.dirname, '..');
const REPOSITORY = 'devtable/simple';
const CONNECTIONS = 24;
const PULLS = 'quay_registry_image_pulls_total';
const RESTARTS = 'quay_http_worker_restarts_total';

let registry: Server;
let digest: string;
let app: RunningWorkers;
const loads: ImageLoad[] = [];

before(async () => {
  registry = await startRegistry();
  digest = await pushEmptyImage(registry.url, REPOSITORY);
  app = await runWorkers(registry.url, 3, { SHUTDOWN_DELAY_SECONDS: '2' });
});
afterEach(() => {
  for (const load of loads.splice(0)) load.close();
});
after(async () => {
  await app.stop();
  await registry.stop();
});

function load(limit?: number): ImageLoad {
  const options = { url: app.url, repository: REPOSITORY, digest, connections: CONNECTIONS };
  const started = startImageLoad(limit === undefined ? options : { ...options, limit });
  loads.push(started);
  return started;
}

const sum = (samples: ReadonlyMap<string, number>): number =>
  [...samples.values()].reduce((total, value) => total + value, 0);

/** What `before` shows and the client's own count on top. */
function withAnswers(before: Samples, { answered }: ImageLoad): Samples {
  const all = new Map(before);
  for (const [series, count] of answered) all.set(series, (all.get(series) ?? 0) + count);
  return new Map([...all].sort());
}

async function pullsOf(): Promise<Samples> {
  return new Map([...(await scrape(app.adminUrl, PULLS))].sort());
}

async function restarts(): Promise<number> {
  return (await scrape(app.adminUrl, RESTARTS)).get(RESTARTS) ?? NaN;
}

/** What may never fall: samples of counters, and of histograms' buckets, counts and sums. */
async function scrapeCounted(): Promise<Samples> {
  const all = await scrape(app.adminUrl, '');
  return new Map([...all].filter(([series]) => /^\w+_(total|bucket|count|sum)\b/.test(series)));
}

function assertNothingFell(before: Samples, now: Samples): void {
  for (const [series, value] of before) assert.ok((now.get(series) ?? -1) >= value, `${series} fell`);
}

test('one process and three expose the same families and series, and promtool finds no fault', async () => {
  const one = await startApp(APP, { REGISTRY_UPSTREAM_URL: registry.url });
  try {
    const shownBy = async (adminUrl: string) => {
      const text = await (await fetch(`${adminUrl}/metrics`)).text();
      // What the probes of each were answered is its own story, and so is what V8 has collected and waits for. Several
      // processes have two checks more, and which have run by now is a matter of time.
      const own = /listener="admin"|nodejs_active|nodejs_gc|^quay_health_check_/;
      const lines = text.split('\n').filter((line) => line.startsWith('# ') || !own.test(line));
      const shown = lines.map((line) => (line.startsWith('#') ? line : line.split(' ')[0]));
      return { text, shown: shown.sort() };
    };
    await waitUntil('readiness', async () => (await fetch(`${one.adminUrl}/readyz`)).ok);
    const [ofOne, ofSeveral] = [await shownBy(one.adminUrl), await shownBy(app.adminUrl)];
    assert.deepEqual(ofSeveral.shown, ofOne.shown);
    // Exits with another status than 0 if there is anything to say.
    execFileSync(requireProgram('promtool'), ['check', 'metrics'], { input: ofSeveral.text });
  } finally {
    await one.stop();
  }
});

test('three workers count to the number what their clients count, and each has its share of the connections', async () => {
  const socketsBefore = new Map(app.pids().map((pid) => [pid, socketsOf(pid)]));
  assert.equal(socketsBefore.size, 3);
  const pulls = load(3000);
  let scrapes = 0;
  let last: Samples = new Map();
  while (pulls.answers() < 2500 && pulls.failures.length === 0) {
    const now = await scrapeCounted();
    assertNothingFell(last, now);
    last = now;
    scrapes += 1;
  }
  await pulls.stop();
  assert.deepEqual(pulls.failures, []);
  assert.ok(scrapes > 2);
  assert.equal(sum(pulls.answered), 3000);
  assert.deepEqual(await pullsOf(), withAnswers(new Map(), pulls));
  assert.equal(sum(await scrape(app.adminUrl, 'quay_request_duration_seconds_count')), 3000);
  // The clients' connections are still open: the primary process hands them out in turn.
  for (const [pid, count] of socketsBefore) assert.ok(socketsOf(pid) - count >= CONNECTIONS / 3, String(pid));
});

test('a worker that hangs holds up neither scrape nor readiness, and counts on when it wakes up', async () => {
  const before = await pullsOf();
  const [pid] = app.pids();
  process.kill(pid!, 'SIGSTOP');
  assert.deepEqual(await pullsOf(), before);
  const states = async () => await scrape(app.adminUrl, 'quay_http_workers');
  assert.deepEqual(
    await states(),
    new Map([
      ['quay_http_workers{state="serving"}', 2],
      ['quay_http_workers{state="silent"}', 1],
    ]),
  );
  const ready = await fetch(`${app.adminUrl}/readyz`);
  assert.equal(ready.status, 200);
  assert.match(await ready.text(), /\[!\]http workers degraded: 2 of 3 serve/);
  process.kill(pid!, 'SIGCONT');
  await waitUntil(
    'it to answer',
    async () => (await states()).get('quay_http_workers{state="silent"}') === 0,
  );
  const pulls = load(300);
  await pulls.stop();
  assert.deepEqual(pulls.failures, []);
  assert.deepEqual(await pullsOf(), withAnswers(before, pulls));
});

test('a worker that is killed with nothing untold takes nothing with it, and is replaced', async () => {
  const before = await scrape(app.adminUrl, '');
  const pulls = await pullsOf();
  // Of four processes, which no app is without 30 MB each.
  assert.ok(before.get('process_resident_memory_bytes')! > 4 * 30_000_000);
  process.kill(app.pids()[0]!, 'SIGKILL');
  await waitUntil('a restart', async () => (await restarts()) === 1);
  assert.deepEqual(await pullsOf(), pulls);
  await app.complete();
  const now = await scrape(app.adminUrl, '');
  assert.equal(now.get('process_start_time_seconds'), before.get('process_start_time_seconds'));
  assert.ok(now.get('process_cpu_seconds_total')! >= before.get('process_cpu_seconds_total')!);
  const next = load(300);
  await next.stop();
  assert.deepEqual(await pullsOf(), withAnswers(pulls, next));
});

test('a worker that is killed while a connection is being handed to it is replaced', async () => {
  const before = await restarts();
  const [pid] = app.pids();
  process.kill(pid!, 'SIGSTOP');
  // They go round: one of three is for the worker that takes nothing over any more.
  const clients = Array.from({ length: 3 }, () => connect(Number(new URL(app.url).port), '127.0.0.1'));
  for (const client of clients) client.on('error', () => undefined);
  await Promise.all(clients.map((client) => once(client, 'connect')));
  process.kill(pid!, 'SIGKILL');
  await waitUntil('a restart', async () => (await restarts()) === before + 1);
  for (const client of clients) client.destroy();
  await app.complete();
});

test('a worker killed under load takes at most what it has not told yet; nothing falls', async () => {
  const before = sum(await pullsOf());
  const pulls = load();
  await waitUntil('load', () => pulls.answers() > 300);
  let last = await scrapeCounted();
  const answersBefore = pulls.answers();
  process.kill(app.pids()[0]!, 'SIGKILL');
  const untold = pulls.answers() - answersBefore;
  await app.complete();
  const answersThen = pulls.answers();
  while (pulls.answers() < answersThen + 300 && pulls.failures.length <= CONNECTIONS) {
    const now = await scrapeCounted();
    assertNothingFell(last, now);
    last = now;
  }
  await pulls.stop();
  const counted = sum(await pullsOf()) - before;
  // Requests that were with the killed worker may be counted and not answered, or answered and not counted.
  assert.ok(counted <= pulls.sent(), `${counted} of ${pulls.sent()}`);
  assert.ok(counted >= pulls.answers() - untold - CONNECTIONS, `${counted} of ${pulls.answers()}`);
  assert.ok(pulls.failures.length <= CONNECTIONS, pulls.failures.join('\n'));
  assert.match(app.process.log(), /A worker ended unasked and is started again\./);
});

test('workers that stop, and an app that stops, lose no count', async () => {
  const before = await pullsOf();
  const first = load(300);
  await first.stop();
  const stopped = app.pids();
  const restartsBefore = await restarts();
  for (const pid of stopped) process.kill(pid, 'SIGTERM');
  await waitUntil('the workers to be replaced', async () => (await restarts()) === restartsBefore + 3);
  assert.ok(stopped.every((pid) => !isAlive(pid)));
  const between = withAnswers(before, first);
  assert.deepEqual(await pullsOf(), between);
  await app.complete();

  const second = load(300);
  await second.stop();
  app.process.signal('SIGTERM');
  let lastSeen: Samples = new Map();
  let unready = '';
  while (app.process.exit() === undefined) {
    lastSeen = await pullsOf().catch(() => lastSeen);
    unready ||= await fetch(`${app.adminUrl}/readyz`).then(
      (answer) => (answer.status === 503 ? answer.text() : ''),
      () => '',
    );
  }
  assert.match(unready, /\[-\]shutdown failed: the app is stopping/);
  assert.deepEqual(lastSeen, withAnswers(between, second));
  assert.deepEqual(app.process.exit(), { code: 0, signal: null });
});

test('no worker outlives a primary process that is killed', async () => {
  const other = await runWorkers(registry.url, 2);
  const pids = other.pids();
  other.process.signal('SIGKILL');
  await waitUntil('the workers to end', () => pids.every((pid) => !isAlive(pid)));
  assert.match(other.process.log(), /The process that watches over this worker is gone\./);
});

test('a signal to the whole group, as a terminal sends it, is one stop', async () => {
  const other = await runWorkers(registry.url, 2);
  process.kill(-other.process.pid, 'SIGINT');
  assert.deepEqual(await other.process.exited, { code: 0, signal: null });
  assert.doesNotMatch(other.process.log(), /second signal|CRITICAL|ERROR/);
});

test('a second signal ends the workers too', async () => {
  const other = await runWorkers(registry.url, 2, { SHUTDOWN_DELAY_SECONDS: '10' });
  const pids = other.pids();
  other.process.signal('SIGTERM');
  await waitUntil('the stop', () => other.process.log().includes('"Stopping."'));
  other.process.signal('SIGTERM');
  assert.deepEqual(await other.process.exited, { code: 1, signal: null });
  await waitUntil('the workers to end', () => pids.every((pid) => !isAlive(pid)));
});

test('what keeps a worker from starting ends the app as it would without workers', async () => {
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
  const port = String((holder.address() as { port: number }).port);
  const other = await startApp(APP, {
    REGISTRY_UPSTREAM_URL: registry.url,
    HTTP_WORKERS: '2',
    LISTEN_PORT: port,
  });
  assert.deepEqual(await other.process.exited, { code: 1, signal: null });
  assert.match(other.process.log(), new RegExp(`LISTEN_PORT=${port}: EADDRINUSE`));
  assert.match(other.process.log(), /WORKER_NOT_STARTED/);
  holder.close();
});
