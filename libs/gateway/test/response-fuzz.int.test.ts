import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { agree, expected, outcome, type Outcome } from './referee.ts';
import { responseStream } from './response-streams.ts';
import { startGateway, type RunningGateway } from './start-gateway.ts';
import { startStreamServer } from './stream-server.ts';
import { ask } from './verdict.ts';
import { WAYS } from './ways.ts';

/** More, and others, with these variables. */
const STREAMS = Number(process.env.FUZZ_STREAMS ?? 1000);
const FIRST = Number(process.env.FUZZ_FIRST ?? 1);
const AT_A_TIME = 32;
const MAX_HEADER_BYTES = 16_384;

let upstream: Awaited<ReturnType<typeof startStreamServer>>;
let gateways: { way: string; running: RunningGateway }[];

before(async () => {
  upstream = await startStreamServer(responseStream);
  gateways = [];
  for (const { name, ...setup } of WAYS)
    gateways.push({ way: name, running: await startGateway(upstream.url, setup) });
});

after(async () => {
  for (const { running } of gateways) await running.close();
  await upstream.close();
});

test(
  'of any answer, good or spoilt, the client learns what a strict client learns directly, whichever way it took',
  { timeout: 600_000 },
  async () => {
    const kinds = { answer: 0, broken: 0, refused: 0 };
    const differences: string[] = [];
    await everyStream(async (id) => {
      const { method } = responseStream(id);
      const request = { method, path: `/${id}`, maxHeaderBytes: MAX_HEADER_BYTES };
      const wanted = expected(await ask(upstream.url, request));
      kinds[wanted.kind] += 1;
      for (const { way, running } of gateways) {
        const seen = outcome(await ask(running.url, { ...request, maxHeaderBytes: 2 * MAX_HEADER_BYTES }));
        if (!agree(wanted, seen)) differences.push(`${way}: ${describe(id, wanted, seen)}`);
      }
    });
    assert.equal(
      differences.length,
      0,
      `${differences.length} differ:\n${differences.slice(0, 20).join('\n')}`,
    );
    for (const { running } of gateways) assert.deepEqual(running.problems, []);
    // Not vacuous: every kind of end is there in number.
    for (const [kind, count] of Object.entries(kinds)) assert.ok(count > STREAMS / 50, `${count}: ${kind}`);
  },
);

async function everyStream(visit: (id: number) => Promise<void>): Promise<void> {
  let next = FIRST;
  const worker = async (): Promise<void> => {
    while (next < FIRST + STREAMS) await visit(next++);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
}

function describe(id: number, wanted: Outcome, seen: Outcome): string {
  const { method, pieces, ends } = responseStream(id);
  const stream = JSON.stringify(pieces.join('')).slice(0, 600);
  return [`stream ${id}, ${method}, ends: ${ends}: ${stream}`, wanted, seen]
    .map((part) => (typeof part === 'string' ? part : `  ${JSON.stringify(part).slice(0, 300)}`))
    .join('\n');
}
