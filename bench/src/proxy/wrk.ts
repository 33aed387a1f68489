import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { requireProgram } from '@quay-observability/testkit';

const run = promisify(execFile);

/** What wrk did. Latencies are from the request's last byte sent to the answer's last byte read. */
export type WrkResult = { requests: number; perSecond: number; p50Ms: number; p99Ms: number };

export type Load = {
  url: string;
  connections: number;
  seconds: number;
  /** Answers are at least this large, or the run is void. */
  minimumBytes: number;
  /** Requests a second to aim at; as many as possible unless told. */
  perSecond?: number;
};

const SCRIPT = `
local mean = tonumber(os.getenv("WRK_PAUSE_MS"))
if mean then
  math.randomseed(1)
  function delay() return math.random() * 2 * mean end
end
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format('RESULT {"requests":%d,"microseconds":%d,"bytes":%d,"p50":%f,"p99":%f,"errors":%d}\\n',
    summary.requests, summary.duration, summary.bytes, latency:percentile(50), latency:percentile(99),
    e.connect + e.read + e.write + e.status + e.timeout))
end
`;

type Raw = Record<'requests' | 'microseconds' | 'bytes' | 'p50' | 'p99' | 'errors', number>;

/** Runs wrk with one thread. Throws if any request failed or any answer was short. */
export async function runWrk(load: Load, folder: string): Promise<WrkResult> {
  const script = join(folder, 'wrk.lua');
  writeFileSync(script, SCRIPT);
  const args = ['-t1', `-c${load.connections}`, `-d${load.seconds}s`, '-s', script, load.url];
  const pause =
    load.perSecond === undefined ? {} : { WRK_PAUSE_MS: String((load.connections / load.perSecond) * 1000) };
  const { stdout } = await run(requireProgram('wrk'), args, { env: { ...process.env, ...pause } });
  return parseWrkOutput(stdout, load);
}

/** Reads what our script had wrk print. Throws if the run is void. */
export function parseWrkOutput(output: string, load: Pick<Load, 'url' | 'minimumBytes'>): WrkResult {
  const line = /^RESULT (\{.*\})$/m.exec(output)?.[1];
  if (line === undefined) throw new Error(`wrk gave no result: ${output}`);
  const raw = JSON.parse(line) as Raw;
  if (raw.errors > 0 || raw.requests === 0 || raw.bytes < raw.requests * load.minimumBytes)
    throw new Error(`wrk on ${load.url}: answers failed or were short: ${line}`);
  return {
    requests: raw.requests,
    perSecond: raw.requests / (raw.microseconds / 1e6),
    p50Ms: raw.p50 / 1000,
    p99Ms: raw.p99 / 1000,
  };
}
