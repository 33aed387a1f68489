import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { Agent, get } from 'node:http';
import { after, before, test } from 'node:test';
import { waitUntil } from '@quay-observability/testkit';
import { describeTrace, type DescribedTrace } from './describe-trace.ts';
import { startTraceChain, type TraceChain } from './trace-chain.ts';

const SAMPLE_RATE = 0.001;
/** Python keeps a trace if the low 64 bits of its id are below this. */
const BOUND = BigInt(Math.round(SAMPLE_RATE * 2 ** 64));
const CLIENT_SPAN = 'c11e27'.padEnd(16, '0');
const WHOLE: Omit<DescribedTrace, 'outerParent'> = {
  path: ['registry-metrics server', 'python server', 'python client', 'api-health server'],
  serviceNames: ['quay'],
  orphans: [],
};

// Each test goes on where the one before stopped: what is exported is compared at the end, as a whole.
const agent = new Agent({ keepAlive: true, maxSockets: 16 });
const kept: string[] = [];
const dropped: string[] = [];
let chain: TraceChain;

before(async () => {
  chain = await startTraceChain(SAMPLE_RATE);
});

after(async () => {
  agent.destroy();
  await chain.stop();
});

/** One request of the client; resolves when Python and api-health have answered it. */
function ask(headers: Record<string, string> = {}): Promise<void> {
  return new Promise((resolve, reject) => {
    get(chain.url, { agent, headers }, (response) => {
      response.resume();
      // What api-health answered to Python.
      const { statusCode, headers: answered } = response;
      if (statusCode === 200 && answered['x-api-health'] === '404') response.once('end', resolve);
      else reject(new Error(`answered ${statusCode}, api-health ${String(answered['x-api-health'])}`));
    }).once('error', reject);
  });
}

function traceId(low: bigint): string {
  return randomBytes(8).toString('hex') + low.toString(16).padStart(16, '0');
}

function isKeptByPython(id: string): boolean {
  return BigInt(`0x${id.slice(16)}`) < BOUND;
}

async function assertWhole(id: string, outerParent: string): Promise<void> {
  const trace = await waitUntil(`all of the trace ${id}`, () => {
    const described = describeTrace(chain.collector.spans(), id, 'api-health');
    return described?.path.length === WHOLE.path.length && described;
  });
  assert.deepEqual(trace, { ...WHOLE, outerParent });
}

test('a client that samples as Quay does: its trace is whole in every runtime, or nowhere', async () => {
  const random = Array.from({ length: 8 }, () => randomBytes(8).readBigUInt64BE());
  const keptLow = [0n, BOUND - 1n, ...random.map((low) => low % BOUND)];
  const droppedLow = [BOUND, 2n ** 64n - 1n, ...random.map((low) => BOUND + (low % (2n ** 64n - BOUND)))];
  kept.push(...keptLow.map(traceId));
  dropped.push(...droppedLow.map(traceId));
  for (const id of kept) await ask({ traceparent: `00-${id}-${CLIENT_SPAN}-01` });
  for (const id of dropped) await ask({ traceparent: `00-${id}-${CLIENT_SPAN}-00` });
  for (const id of kept) await assertWhole(id, CLIENT_SPAN);
});

test('a client without a trace: registry-metrics begins one, and Python agrees with it', async (context) => {
  const before = chain.arrivedAtQuay().length;
  let requests = 0;
  const started = performance.now();
  const begun = () => chain.arrivedAtQuay().slice(before);
  const sampled = () => begun().filter((trace) => trace.sampled);
  // Usually two or three rounds; that thirty should keep fewer than two traces has odds of 1 : 10^11.
  while (requests < 2000 || (sampled().length < 2 && requests < 30_000)) {
    let left = 1000;
    const client = async (): Promise<void> => {
      while (left-- > 0) await ask();
    };
    await Promise.all(Array.from({ length: 16 }, client));
    requests += 1000;
  }
  const seconds = (performance.now() - started) / 1000;
  context.diagnostic(
    `${requests} requests, ${Math.round(requests / seconds)} a second, ${sampled().length} traces kept`,
  );

  // nginx writes its log after the answer.
  await waitUntil('the log of every request', () => begun().length >= requests);
  assert.equal(new Set(begun().map((trace) => trace.traceId)).size, requests);
  for (const trace of begun()) assert.equal(trace.sampled, isKeptByPython(trace.traceId), trace.traceId);
  // Five standard deviations above what is expected, and more.
  assert.ok(sampled().length <= 5 + 6 * Math.sqrt(requests * SAMPLE_RATE) + requests * SAMPLE_RATE);
  for (const trace of sampled()) await assertWhole(trace.traceId, '');
  kept.push(...sampled().map((trace) => trace.traceId));
});

test('no other span was made by anybody', async () => {
  await chain.stopApps();
  const exported = new Set(chain.collector.spans().map((span) => span.traceId));
  assert.deepEqual([...exported].sort(), [...kept].sort());
  assert.deepEqual(
    dropped.filter((id) => exported.has(id)),
    [],
  );
});
