import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { ROOT_CONTEXT, SpanKind } from '@opentelemetry/api';
import { SamplingDecision } from '@opentelemetry/sdk-trace';
import { pythonEnvironment } from '@quay-observability/testkit';
import { createPythonRatioSampler } from '../src/python-ratio-sampler.ts';
import { isBelow, isTraceKept, ratioBound } from '../src/trace-id-ratio.ts';

const RATES = [0, 1e-9, 1 / 1000, 0.1, 1 / 3, 0.5, 0.999999, 1];
const IDS = 100_000;

const DECIDE = `
import json, sys
from opentelemetry.sdk.trace.sampling import Decision, TraceIdRatioBased
work = json.load(sys.stdin)
ids = [int(trace_id, 16) for trace_id in work["ids"]]
decisions = []
for rate in work["rates"]:
    sampler = TraceIdRatioBased(rate)
    kept = (sampler.should_sample(None, trace_id, "span").decision for trace_id in ids)
    decisions.append("".join("1" if one == Decision.RECORD_AND_SAMPLE else "0" for one in kept))
bounds = [str(TraceIdRatioBased.get_bound_for_rate(rate)) for rate in work["boundsOf"]]
json.dump({"decisions": decisions, "bounds": bounds}, sys.stdout)
`;

/** Ids like any, the same in every run. */
function* traceIds(count: number): Generator<string> {
  for (let index = 0; index < count; index++) {
    yield createHash('md5').update(`trace ${index}`).digest('hex');
  }
}

/** Ids whose low 64 bits sit on a bound, one below and one above it. */
function* idsAtBounds(): Generator<string> {
  for (const rate of RATES) {
    const { high, low } = ratioBound(rate);
    const bound = BigInt(high) * 2n ** 32n + BigInt(low);
    for (const id of [bound - 1n, bound, bound + 1n, bound - 2n ** 32n]) {
      if (id >= 0n && id < 2n ** 64n) yield `ffffffffffffffff${id.toString(16).padStart(16, '0')}`;
    }
  }
  yield `${'0'.repeat(31)}1`;
  yield 'f'.repeat(32);
}

/** Rates at random, and those where rounding decides: halves, the smallest numbers, neighbours of 0 and 1. */
function ratesToBound(): number[] {
  const halves = [0.5, 1.5, 2.5, 3.5, 4.5, 1e6 + 0.5, 1e6 + 1.5].map((value) => value / 2 ** 64);
  const edges = [Number.MIN_VALUE, 2 ** -64, 2 ** -65, 3 * 2 ** -65, 1 - Number.EPSILON / 2, Number.EPSILON];
  const random = [...traceIds(2000)].map((id) => Number.parseInt(id.slice(0, 12), 16) / 2 ** 48);
  return [...RATES, ...halves, ...edges, ...random, ...random.map((rate) => rate * 1e-15)];
}

async function askPython(work: object): Promise<{ decisions: string[]; bounds: string[] }> {
  const { python } = await pythonEnvironment('quay');
  const child = spawn(python, ['-c', DECIDE], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify(work));
  const output: Buffer[] = [];
  for await (const chunk of child.stdout) output.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(output).toString()) as { decisions: string[]; bounds: string[] };
}

test('the sampler decides like the Python SDK, for 100,000 trace ids at every rate', async (t) => {
  const ids = [...traceIds(IDS), ...idsAtBounds()];
  const boundsOf = ratesToBound();
  const python = await askPython({ ids, rates: RATES, boundsOf });
  assert.equal(python.decisions.length, RATES.length);

  for (const [index, rate] of RATES.entries()) {
    const bound = ratioBound(rate);
    const sampler = createPythonRatioSampler(bound);
    const theirs = python.decisions[index] ?? '';
    assert.equal(theirs.length, ids.length);
    const disagreements = ids.filter((id, at) => {
      const { decision } = sampler.shouldSample(ROOT_CONTEXT, id, 'span', SpanKind.SERVER, {}, []);
      const kept = decision === SamplingDecision.RECORD_AND_SAMPLED;
      // The gateway decides on the two halves of the id, without a string.
      const high = Number.parseInt(id.slice(16, 24), 16);
      const low = Number.parseInt(id.slice(24), 16);
      assert.equal(isBelow(bound, high, low), kept);
      return kept !== (theirs[at] === '1');
    });
    assert.deepEqual(disagreements, [], `rate ${rate}`);
    t.diagnostic(`rate ${rate}: ${theirs.replaceAll('0', '').length} of ${ids.length} kept by both`);
  }
  const ours = boundsOf.map((rate) => {
    const { high, low } = ratioBound(rate);
    return String(BigInt(high) * 2n ** 32n + BigInt(low));
  });
  assert.deepEqual(ours, python.bounds);
});

test('upper-case hexadecimal digits count the same', () => {
  const bound = ratioBound(0.7);
  for (const id of traceIds(1000)) assert.equal(isTraceKept(bound, id.toUpperCase()), isTraceKept(bound, id));
});
