/**
 * Pulls a second into Redis: `libs/pull-tracking` against Python's way, in interleaved rounds. Each pull is counted
 * by one atomic script. Options: `--rounds`, `--only`.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  insertRepositories,
  pythonEnvironment,
  startPostgres,
  startRedis,
  type Server,
} from '@quay-observability/testkit';
import { formatNumber, formatPercent, formatRatio, formatTable } from './measure/print-table.ts';
import { note, print, printHeading } from './measure/report.ts';
import { measureInRounds } from './measure/rounds.ts';
import { parseRunOptions } from './measure/run-options.ts';
import { median, medianRatio, spread } from './measure/statistics.ts';
import { countPulls } from './pulls/count-pulls.ts';
import { PULLS, REPOSITORIES, repositoryName } from './pulls/workload.ts';

const OURS = 'libs/pull-tracking';
const PYTHON = 'Python: PING and EVAL in 5 threads';
const here = import.meta.dirname;
type Contestant = { name: string; command: string; args: string[] };
type Result = { perSecond: number; perCpuSecond: number };

/** Leaves a CPU profile in the folder that BENCH_PROFILE names. */
function profileArguments(): string[] {
  const folder = process.env.BENCH_PROFILE;
  return folder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${folder}`];
}

async function measure({ name, command, args }: Contestant, redis: Server, uri: string): Promise<Result> {
  await redis.restart();
  const env = {
    PATH: process.env.PATH,
    REDIS_PORT: String(redis.port),
    DB_URI: uri,
    PYTHONPATH: join(here, '../../tools/python-oracle/oracle'),
    PULLS: String(PULLS),
    REPOSITORIES: String(REPOSITORIES),
  };
  const { stdout } = await promisify(execFile)(command, args, { env });
  const { seconds, cpuSeconds } = JSON.parse(stdout) as { seconds: number; cpuSeconds: number };
  const counted = await countPulls(redis.port);
  if (counted !== PULLS) throw new Error(`${name}: ${counted} of ${PULLS} pulls are in Redis`);
  return { perSecond: PULLS / seconds, perCpuSecond: PULLS / cpuSeconds };
}

const { rounds, only } = parseRunOptions(process.argv.slice(2), { seconds: 1 });
const { python } = await pythonEnvironment('quay');
const contestants: Contestant[] = [
  {
    name: OURS,
    command: process.execPath,
    args: [
      '--conditions=@quay-observability/source',
      ...profileArguments(),
      join(here, 'pulls/track-ours.ts'),
    ],
  },
  { name: PYTHON, command: python, args: ['-B', join(here, '../python/pulls.py')] },
].filter(({ name }) => only.length === 0 || only.some((part) => name.includes(part)));

printHeading('Pulls into Redis');
const redis = await startRedis();
const postgres = await startPostgres({ schema: true });
try {
  const names = Array.from({ length: REPOSITORIES }, (_, index) => repositoryName(index));
  await insertRepositories(postgres, names);
  const results = await measureInRounds(
    rounds,
    contestants,
    (contestant) => measure(contestant, redis, postgres.uri),
    note,
  );
  const of = (name: string, field: keyof Result): number[] =>
    (results.get(name) ?? []).map((result) => result[field]);
  const rows = contestants.map(({ name }) => [
    name,
    formatNumber(median(of(name, 'perSecond'))),
    formatPercent(spread(of(name, 'perSecond'))),
    formatRatio(medianRatio(of(name, 'perSecond'), of(PYTHON, 'perSecond'))),
    formatNumber(median(of(name, 'perCpuSecond'))),
    formatRatio(medianRatio(of(name, 'perCpuSecond'), of(PYTHON, 'perCpuSecond'))),
  ]);
  print(formatTable(['contestant', 'pulls/s', 'spread', 'to Python', 'pulls per CPU s', 'to Python'], rows));
  print(`Each run wrote ${PULLS} pulls of ${REPOSITORIES} repositories; Redis has every one of them.`);
} finally {
  await Promise.all([redis.stop(), postgres.stop()]);
}
