import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { startRedis, startTestClair, waitUntil } from '@quay-observability/testkit';
import { digestOf } from './images.ts';
import { runSecscan } from './run-secscan.ts';
import { resultsOf } from './samples.ts';

const REPORT_BYTES = 100_000_000;
const WARM_UP_BYTES = 20_000_000;
const MAX_RISE_BYTES = 50_000_000;

function residentBytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
}

test('a report of 100 MB passes in constant memory, and its state is found, wherever it stands', async () => {
  const clair = await startTestClair();
  const redis = await startRedis();
  const app = await runSecscan({ clairUrl: clair.url, redis });
  const read = async (bytes: number, stateLast: boolean): Promise<number> => {
    clair.trouble = () => ({ kind: 'answers much', bytes, stateLast });
    const response = await fetch(`${app.secscanUrl}/indexer/api/v1/index_report/${digestOf('large')}`);
    let length = 0;
    for await (const piece of response.body as AsyncIterable<Uint8Array>) length += piece.length;
    return length;
  };
  try {
    await read(WARM_UP_BYTES, true);
    const before = residentBytes(app.process.pid);
    let peak = before;
    const timer = setInterval(() => (peak = Math.max(peak, residentBytes(app.process.pid))), 20);
    for (const stateLast of [false, true]) assert.ok((await read(REPORT_BYTES, stateLast)) >= REPORT_BYTES);
    clearInterval(timer);
    assert.ok(
      peak - before < MAX_RISE_BYTES,
      `resident memory rose by ${Math.round((peak - before) / 1e6)} MB`,
    );
    // Without a database nothing more is known of them; that they are finished is.
    await waitUntil('the results', async () => resultsOf(await app.samples()).database_failed === 3);
  } finally {
    await app.stop();
    await Promise.all([redis.stop(), clair.close()]);
  }
});
