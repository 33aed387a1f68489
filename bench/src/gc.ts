/**
 * Garbage collection of one repository with many expired tags in a large database: `gc-worker` against Python's way, each
 * in a copy of the same database. Options: `--manifests`, `--tags`, `--per-repository`, `--rounds`,
 * `--only`.
 */
import { join } from 'node:path';
import { startPostgres, startRedis, temporaryFolder } from '@quay-observability/testkit';
import { gcAims, type Collection } from './gc/aims.ts';
import { countFiles, writeBlobFiles } from './gc/blob-files.ts';
import { buildRegistry } from './gc/build-registry.ts';
import { OURS, ours, python, PYTHON, type Contestant } from './gc/contestants.ts';
import { explainAll } from './gc/explain.ts';
import { parseGcOptions } from './gc/options.ts';
import { garbageChecksums } from './gc/registry-rows.ts';
import { collectionTable, printExplained } from './gc/report.ts';
import { readStatements, slowestOf, statementTable, type Statement } from './gc/statements.ts';
import {
  countRows,
  grownTables,
  readScans,
  rowsGone,
  waitUntilLeft,
  type ByTable,
} from './gc/table-facts.ts';
import { aimTable } from './measure/aims.ts';
import { cpuSecondsOf } from './measure/cpu-time.ts';
import { note, print, printHeading } from './measure/report.ts';
import { measureInRounds } from './measure/rounds.ts';
import { medianRatio } from './measure/statistics.ts';

type Result = Collection & { readonly statements: readonly Statement[]; readonly scanned: ByTable };

const DATABASE = 'collected';
const options = parseGcOptions(process.argv.slice(2));
const { tags, manifests, rounds, only } = options;
const contestants = [ours, await python()].filter(
  ({ name }) => only.length === 0 || only.some((part) => name.includes(part)),
);

printHeading(`Garbage collection: ${tags} expired tags among ${manifests} manifests`);
const redis = await startRedis();
const postgres = await startPostgres({
  settings: {
    shared_preload_libraries: 'pg_stat_statements',
    shared_buffers: '1GB',
    max_wal_size: '4GB',
  },
});
try {
  const builtAt = performance.now();
  await buildRegistry(postgres, options, note);
  note(`the registry took ${((performance.now() - builtAt) / 1000).toFixed(0)} s`);
  const storageRoot = join(temporaryFolder('blobs'), 'local_eu');
  const garbage = await postgres.query<{ content_checksum: string }>(garbageChecksums(options));
  const checksums = garbage.map((row) => row.content_checksum);
  const before = await countRows(postgres.uri);
  const grown = grownTables(before);
  const uri = postgres.uri.replace(/[^/]*$/, DATABASE);
  let expected: ByTable | undefined;

  const measure = async (contestant: Contestant): Promise<Result> => {
    await postgres.query(`CREATE DATABASE ${DATABASE} TEMPLATE quay STRATEGY FILE_COPY`);
    try {
      await postgres.query('CHECKPOINT');
      writeBlobFiles(storageRoot, checksums);
      // All of them are below this process, which itself only waits.
      const cpuBefore = cpuSecondsOf(process.pid);
      const seconds = await contestant.collect({ uri, redisPort: redis.port, storageRoot });
      const cpuSeconds = cpuSecondsOf(process.pid) - cpuBefore;
      await waitUntilLeft(postgres, DATABASE);
      const statements = await readStatements(postgres, DATABASE);
      // Before the rows are counted, which reads tables from end to end.
      const scanned = await readScans(uri, grown);
      const gone = rowsGone(before, await countRows(uri));
      expected ??= gone;
      const left = countFiles(storageRoot);
      if (gone.tag !== tags || left !== 0 || JSON.stringify(gone) !== JSON.stringify(expected))
        throw new Error(
          `${contestant.name}: ${left} files are left, and these rows are gone: ${JSON.stringify(gone)}; the other had ${JSON.stringify(expected)}`,
        );
      const scans = Object.values(scanned).reduce((sum, each) => sum + each, 0);
      return {
        seconds,
        cpuSeconds,
        slowestMs: slowestOf(statements)?.maxMs ?? NaN,
        scans,
        statements,
        scanned,
      };
    } finally {
      await postgres.query(`DROP DATABASE ${DATABASE} WITH (FORCE)`);
    }
  };

  const results = await measureInRounds(rounds, contestants, measure, note);
  const of = (name: string): readonly Result[] => results.get(name) ?? [];
  print(collectionTable(results, tags, PYTHON));
  for (const { name } of contestants) {
    const last = of(name).at(-1);
    if (last === undefined) continue;
    const slowest = slowestOf(last.statements)?.sql ?? '-';
    print(`## ${name}: the statements that took most of the time\n`);
    print(statementTable(last.statements, 10));
    print(`Slowest: \`${slowest.replaceAll(/\s+/g, ' ')}\``);
    print(`Growing tables that were read from end to end: ${JSON.stringify(last.scanned)}\n`);
  }
  const statements = of(OURS).at(-1)?.statements ?? [];
  printExplained(await explainAll(postgres, statements, grown));
  print(`Judged are tables of 10,000 rows and more: ${grown.join(', ')}.\n`);
  const perSecond = (name: string): number[] => of(name).map(({ seconds }) => tags / seconds);
  const toPython = medianRatio(perSecond(OURS), perSecond(PYTHON));
  print(aimTable(gcAims({ toPython, ours: of(OURS) })));
  print(`Each run deleted the same rows: ${JSON.stringify(expected)}, and ${checksums.length} files.`);
} finally {
  await Promise.all([redis.stop(), postgres.stop()]);
}
