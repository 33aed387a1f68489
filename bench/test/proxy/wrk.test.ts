import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseWrkOutput } from '../../src/proxy/wrk.ts';

const load = { url: 'http://127.0.0.1:1/v2/', minimumBytes: 2048 };
const output = (errors: number, bytes: number) =>
  `Running 2s test\n  95373 requests\nRESULT {"requests":1000,"microseconds":2000000,"bytes":${bytes},"p50":215.000000,"p99":513.000000,"errors":${errors}}\n`;

test("wrk's result is read", () => {
  assert.deepEqual(parseWrkOutput(output(0, 2_500_000), load), {
    requests: 1000,
    perSecond: 500,
    p50Ms: 0.215,
    p99Ms: 0.513,
  });
});

test('failed requests, short answers and silence void a run', () => {
  assert.throws(() => parseWrkOutput(output(1, 2_500_000), load), /failed or were short/);
  assert.throws(() => parseWrkOutput(output(0, 2_000_000), load), /failed or were short/);
  assert.throws(() => parseWrkOutput('unable to connect', load), /no result: unable to connect/);
});
