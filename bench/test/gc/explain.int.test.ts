import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { queryOnce } from '@quay-observability/database';
import { startPostgres, type PostgresServer } from '@quay-observability/testkit';
import { buildRegistry } from '../../src/gc/build-registry.ts';
import { explainAll, scannedTables } from '../../src/gc/explain.ts';
import { garbageChecksums } from '../../src/gc/registry-rows.ts';
import { readStatements, slowestOf } from '../../src/gc/statements.ts';
import { countRows, grownTables, readScans, rowsGone, waitUntilLeft } from '../../src/gc/table-facts.ts';

const ONCE = {
  applicationName: 'test',
  connectTimeoutMs: 10_000,
  statementTimeoutMs: 60_000,
  signal: new AbortController().signal,
};
const SHAPE = { manifests: 2000, tags: 200, perRepository: 50, rounds: 1, only: [] };

let postgres: PostgresServer;
before(async () => {
  postgres = await startPostgres({ settings: { shared_preload_libraries: 'pg_stat_statements' } });
  await buildRegistry(postgres, SHAPE, () => undefined);
});
after(() => postgres.stop());

test('the registry has the tags, the lists and the garbage that were asked for', async () => {
  const rows = await countRows(postgres.uri);
  assert.equal(rows.manifest, 2000);
  const [dead] = await postgres.query<{ tags: number; lists: number }>(
    `SELECT count(*)::int AS tags, count(*) FILTER (WHERE EXISTS (
              SELECT FROM manifestchild WHERE manifestchild.manifest_id = tag.manifest_id))::int AS lists
       FROM tag WHERE repository_id = 1 AND lifetime_end_ms <= (extract(epoch FROM now()) - 14 * 86400) * 1000`,
  );
  assert.deepEqual(dead, { tags: 200, lists: 20 });
  // 200 tags less 20 lists and 10 that have a living tag, and 40 children: two blobs each; and 10 uploads.
  const garbage = await postgres.query(garbageChecksums(SHAPE));
  assert.equal(garbage.length, 2 * (200 - 20 - 10 + 40) + 10);
});

test('no row refers to one that is not there', async () => {
  const foreignKeys = await postgres.query<{ from: string; column: string; to: string }>(
    `SELECT conrelid::regclass::text AS from, attname AS column, confrelid::regclass::text AS to
       FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1] WHERE contype = 'f'`,
  );
  assert.ok(foreignKeys.length > 50);
  const dangling = foreignKeys.map(
    ({ from, column, to }) =>
      `SELECT '${from}.${column}' AS name WHERE EXISTS (
         SELECT FROM ${from} AS r WHERE r."${column}" IS NOT NULL AND NOT EXISTS (SELECT FROM ${to} AS t WHERE t.id = r."${column}"))`,
  );
  assert.deepEqual(await postgres.query(dangling.join(' UNION ALL ')), []);
});

test('a statement that reads a growing table from end to end is found, by its plan and by PostgreSQL’s count', async () => {
  const scanning = 'SELECT count(*) FROM manifest WHERE layers_compressed_size = $1';
  const indexed = 'SELECT digest FROM manifest WHERE id = $1';
  const statement = (sql: string) => ({ sql, calls: 1, totalMs: 1, maxMs: 1 });
  const statements = [scanning, indexed, 'COMMIT', 'SELECT nothing'].map(statement);
  const explained = await explainAll(postgres, statements, ['manifest']);
  assert.deepEqual(
    explained.map(({ scanned }) => scanned),
    [['manifest'], [], []],
  );
  assert.match(explained[2]?.problem ?? '', /"nothing" does not exist/);

  await postgres.query('CREATE DATABASE copy TEMPLATE quay');
  const uri = postgres.uri.replace(/[^/]*$/, 'copy');
  assert.deepEqual(await readScans(uri, ['manifest']), {});
  await queryOnce({ ...ONCE, server: { uri, connectionArgs: {} } }, scanning.replace('$1', '1'));
  await waitUntilLeft(postgres, 'copy');
  assert.deepEqual(Object.keys(await readScans(uri, ['manifest', 'mediatype'])), ['manifest']);
  const seen = await readStatements(postgres, 'copy');
  assert.ok(seen.some(({ sql, calls }) => sql === scanning && calls === 1));
});

test('of a plan only the tables in question count, at any depth', () => {
  const scan = { 'Node Type': 'Seq Scan', 'Relation Name': 'tag' };
  const plan = { 'Node Type': 'Limit', Plans: [{ 'Node Type': 'Hash Join', Plans: [scan] }] };
  assert.deepEqual(scannedTables(plan, ['tag']), ['tag']);
  assert.deepEqual(scannedTables(plan, ['manifest']), []);
});

test('tables, rows and statements are told apart', () => {
  assert.deepEqual(grownTables({ tag: 10_000, label: 9999, mediatype: 10_000 }), ['tag']);
  assert.deepEqual(rowsGone({ tag: 5, label: 2, queueitem: 0 }, { tag: 3, label: 2, queueitem: 1 }), {
    tag: 2,
    queueitem: -1,
  });
  const [a, b] = [
    { sql: 'a', calls: 100, totalMs: 90, maxMs: 2 },
    { sql: 'b', calls: 1, totalMs: 80, maxMs: 80 },
  ];
  assert.equal(slowestOf([a, b]), b);
});
