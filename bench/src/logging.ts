/**
 * Lines a second that reach a pipe: winston as it comes, Python's logging, and `libs/logging`, in one
 * run. `wc -l` reads the other end and counts what arrived. Options: `--rounds`, `--only`.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import type { Report } from './logging/workload.ts';
import { formatNumber, formatRatio, formatTable } from './measure/print-table.ts';
import { note, print, printHeading } from './measure/report.ts';
import { measureInRounds } from './measure/rounds.ts';
import { parseRunOptions } from './measure/run-options.ts';
import { median, medianRatio, spread } from './measure/statistics.ts';

const LINES = 200_000;
type Contestant = { name: string; command: string[]; toFile?: boolean };

const here = import.meta.dirname;
const fromSource = (file: string): string[] => [
  process.execPath,
  '--conditions=@quay-observability/source',
  join(here, 'logging', file),
  String(LINES),
];
const python = (kind: string): string[] => [
  'python3',
  join(here, '../python/log_lines.py'),
  String(LINES),
  kind,
];

const BASELINE = 'winston as it comes, JSON to a pipe';
const contestants: Contestant[] = [
  { name: BASELINE, command: [...fromSource('log-winston.ts'), 'stream'] },
  {
    name: 'winston as it comes, JSON to a file',
    command: [...fromSource('log-winston.ts'), 'file'],
    toFile: true,
  },
  { name: 'Python logging, JSON to a pipe', command: python('json') },
  { name: 'Python logging, text to a pipe', command: python('text') },
  { name: 'libs/logging, JSON to a pipe', command: [...fromSource('log-ours.ts'), 'json'] },
  { name: 'libs/logging, text to a pipe', command: [...fromSource('log-ours.ts'), 'text'] },
];

type Result = { linesPerSecond: number; lost: number };

async function measure({ name, command, toFile = false }: Contestant): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-logging-'));
  try {
    const [program = '', ...args] = command;
    // The shell makes a real pipe; Node.js would give the child a socket.
    const { stdout, stdio } = spawn('sh', ['-c', '"$0" "$@" | wc -l', program, ...args], {
      stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
      env: { ...process.env, LOG_FOLDER: folder },
    });
    const [arrived, reported] = await Promise.all([text(stdout!), text(stdio[3] as Readable)]);
    const lines = toFile ? readFileSync(join(folder, 'log'), 'utf8').split('\n').length - 1 : Number(arrived);
    if (lines !== LINES && name.startsWith('libs/logging'))
      throw new Error(`${name}: ${lines} of ${LINES} lines arrived`);
    return { linesPerSecond: lines / (JSON.parse(reported) as Report).seconds, lost: LINES - lines };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const { rounds, only } = parseRunOptions(process.argv.slice(2), { seconds: 1 });
const chosen = contestants.filter(
  ({ name }) => only.length === 0 || only.some((part) => name.includes(part)),
);
printHeading('Log lines a second');
const results = await measureInRounds(rounds, chosen, measure, note);
const of = (name: string): number[] => (results.get(name) ?? []).map(({ linesPerSecond }) => linesPerSecond);
const mostLost = (name: string): number => Math.max(0, ...(results.get(name) ?? []).map(({ lost }) => lost));
const rows = chosen.map(({ name }) => [
  name,
  formatNumber(median(of(name))),
  `${Math.round(100 * spread(of(name)))} %`,
  formatRatio(medianRatio(of(name), of(BASELINE))),
  formatRatio(medianRatio(of(name), of('Python logging, JSON to a pipe'))),
  String(mostLost(name)),
]);
print(
  formatTable(
    ['contestant', 'lines/s (median)', 'spread', 'to winston', 'to Python, JSON', 'lines lost, at most'],
    rows,
  ),
);
print(`${LINES} lines with four fields each, ${rounds} rounds; lines are counted where they arrive.`);
