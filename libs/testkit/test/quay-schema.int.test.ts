import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  LOOKUP_NAMES,
  referencesFrom,
  tableFacts,
  TABLE_NAMES,
  type TableName,
} from '@quay-observability/quay-schema';
import { startPostgres, type PostgresServer } from '../src/index.ts';

let postgres: PostgresServer;
before(async () => {
  postgres = await startPostgres({ schema: true });
});
after(() => postgres.stop());

// What information_schema calls the types of the table data.
const REPORTED: Record<string, string> = {
  serial: 'integer',
  bigserial: 'bigint',
  'timestamp (UTC, no zone)': 'timestamp without time zone',
};

function reportedType(type: string): string {
  if (type.startsWith('varchar')) return 'character varying';
  if (type.startsWith('text')) return 'text';
  return REPORTED[type] ?? type;
}

test('PostgreSQL has every table and column with its type, length and nullability', async () => {
  const rows = await postgres.query<{
    table_name: string;
    column_name: string;
    data_type: string;
    is_nullable: string;
    character_maximum_length: number | null;
  }>(
    `SELECT table_name, column_name, data_type, is_nullable, character_maximum_length
       FROM information_schema.columns WHERE table_schema = 'public' ORDER BY table_name COLLATE "C", ordinal_position`,
  );
  const actual = rows.map((row) => [
    row.table_name,
    row.column_name,
    row.data_type,
    row.is_nullable === 'YES',
  ]);
  const expected = TABLE_NAMES.flatMap((table) =>
    tableFacts(table).columns.map(({ name, type, nullable }) => [
      table,
      name,
      reportedType(type),
      nullable === true,
    ]),
  );
  assert.deepEqual(actual, expected);
  for (const row of rows) {
    const column = tableFacts(row.table_name as TableName).columns.find(
      ({ name }) => name === row.column_name,
    );
    const length = /varchar\((\d+)\)/.exec(column?.type ?? '')?.[1];
    if (length !== undefined)
      assert.equal(row.character_maximum_length, Number(length), `${row.table_name}.${row.column_name}`);
  }
});

test('PostgreSQL has every foreign key', async () => {
  const rows = await postgres.query<{ reference: string }>(
    `SELECT format('%s.%s -> %s', c.conrelid::regclass::text, a.attname, c.confrelid::regclass::text) AS reference
       FROM pg_constraint c JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] WHERE c.contype = 'f'`,
  );
  const expected = TABLE_NAMES.flatMap(referencesFrom).map(
    ({ table, column, target }) => `${table}.${column} -> ${target}`,
  );
  assert.deepEqual(rows.map(({ reference }) => reference.replaceAll('"', '')).sort(), expected.sort());
});

test('PostgreSQL has every index, unique where Quay wants it', async () => {
  const rows = await postgres.query<{ name: string; is_unique: boolean; columns: string[] }>(
    `SELECT i.indrelid::regclass::text AS name, i.indisunique AS is_unique,
            array_agg(a.attname::text ORDER BY array_position(i.indkey::int2[], a.attnum)) AS columns
       FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
      WHERE i.indrelid::regclass::text !~ '^pg_' AND NOT i.indisprimary AND a.attnum > 0
        AND i.indrelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)
      GROUP BY 1, 2, i.indexrelid`,
  );
  const found = new Set(
    rows.map((row) => `${row.name.replaceAll('"', '')} ${row.is_unique} ${row.columns.join(',')}`),
  );
  for (const table of TABLE_NAMES) {
    const { columns, indexes } = tableFacts(table);
    for (const { columns: names, unique } of indexes)
      assert.ok(found.has(`${table} ${unique} ${names.join(',')}`), `${table}: ${names.join(',')}`);
    for (const { name, unique, indexed } of columns) {
      if ((unique ?? indexed) !== undefined)
        assert.ok(found.has(`${table} ${unique === true} ${name}`), `${table}.${name}`);
    }
  }
});

test('the lookup tables are filled', async () => {
  for (const [table, names] of Object.entries(LOOKUP_NAMES)) {
    const rows = await postgres.query<{ name: string }>(`SELECT name FROM "${table}" ORDER BY id`);
    assert.deepEqual(
      rows.map(({ name }) => name),
      [...names],
      table,
    );
  }
  assert.deepEqual(await postgres.query('SELECT name FROM labelsourcetype WHERE mutable'), [{ name: 'api' }]);
});
