/**
 * Keys a second from Redis into PostgreSQL: `pullmetrics-worker` against Python's way, in interleaved rounds; first into
 * empty tables, then into rows that exist. Options: `--rounds`, `--only`; `FLUSH_KEYS` in the environment.
 */
import { insertRepositories, startPostgres, startRedis } from '@quay-observability/testkit';
import { JOBS_PREFIX, ours, python, PYTHON, type Contestant } from './flush/contestants.ts';
import { connect, fillRedis, KEYS, REPOSITORIES } from './flush/workload.ts';
import { formatNumber, formatPercent, formatRatio, formatTable } from './measure/print-table.ts';
import { note, print, printHeading } from './measure/report.ts';
import { measureInRounds } from './measure/rounds.ts';
import { parseRunOptions } from './measure/run-options.ts';
import { median, medianRatio, spread } from './measure/statistics.ts';

/** Keys a second. */
type Result = { readonly inserting: number; readonly updating: number };

const { rounds, only } = parseRunOptions(process.argv.slice(2), { seconds: 1 });
const contestants = [
  ours('pullmetrics-worker', {}),
  ours('pullmetrics-worker without Python', { PULL_FLUSH_BESIDE_PYTHON: 'false' }),
  await python(),
].filter(({ name }) => only.length === 0 || only.some((part) => name.includes(part)));

printHeading('Pulls from Redis into PostgreSQL');
const redis = await startRedis();
const postgres = await startPostgres({
  schema: true,
  settings: { max_wal_size: '2GB', shared_buffers: '256MB' },
});
const connection = connect(redis.port);
try {
  await connection.whenReady(5000);
  const names = Array.from({ length: REPOSITORIES }, (_, index) => `org-${index % 10}/app-${index}`);
  const ids = [...(await insertRepositories(postgres, names)).values()];

  const measureOne = async (contestant: Contestant, times: number): Promise<number> => {
    const pulls = await fillRedis(connection, ids);
    const seconds = await contestant.flush(redis, postgres);
    const [row] = await postgres.query<{ pulls: string }>(
      'SELECT sum(manifest_pull_count)::text AS pulls FROM manifestpullstatistics',
    );
    if (Number(row?.pulls) !== pulls * times)
      throw new Error(`${contestant.name}: ${row?.pulls} of ${pulls * times} pulls are in the database`);
    // The schedule of the app stays there.
    const left = (await connection.client.keys('*')).filter((key) => !key.startsWith(JOBS_PREFIX));
    if (left.length > 0) throw new Error(`${contestant.name}: ${left.join(', ')} are left in Redis`);
    return KEYS / seconds;
  };
  const measure = async (contestant: Contestant): Promise<Result> => {
    await postgres.query('TRUNCATE tagpullstatistics, manifestpullstatistics');
    const inserting = await measureOne(contestant, 1);
    await postgres.query('VACUUM ANALYZE');
    return { inserting, updating: await measureOne(contestant, 2) };
  };

  const results = await measureInRounds(rounds, contestants, measure, note);
  const of = (name: string, field: keyof Result): number[] =>
    (results.get(name) ?? []).map((result) => result[field]);
  const columns = (name: string, field: keyof Result) => [
    formatNumber(median(of(name, field))),
    formatPercent(spread(of(name, field))),
    formatRatio(medianRatio(of(name, field), of(PYTHON, field))),
  ];
  print(
    formatTable(
      ['contestant', 'new rows: keys/s', 'spread', 'to Python', 'known rows: keys/s', 'spread', 'to Python'],
      contestants.map(({ name }) => [name, ...columns(name, 'inserting'), ...columns(name, 'updating')]),
    ),
  );
  print(`Each run flushed ${KEYS} keys of ${REPOSITORIES} repositories; every pull is in the database once.`);
} finally {
  await connection.close();
  await Promise.all([redis.stop(), postgres.stop()]);
}
