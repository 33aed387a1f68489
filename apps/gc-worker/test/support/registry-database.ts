import type { Database } from '@quay-observability/database';
import { LOOKUP_NAMES, TABLE_NAMES, type TableName } from '@quay-observability/quay-schema';
import type { Registry, Row } from './registry-rows.ts';

/** Tables whose rows a registry is made of; the others are fixed lists of names. */
const TABLES = TABLE_NAMES.filter((table) => !(table in LOOKUP_NAMES) && table !== 'labelsourcetype');

/** Ids that the database gives by itself begin here: above those of any registry that is loaded. */
const FIRST_FREE_ID = 1_000_000;

const FUNCTIONS = `
CREATE FUNCTION load_registry(registry json) RETURNS void LANGUAGE plpgsql AS $$
DECLARE name text; content json;
BEGIN
  SET LOCAL session_replication_role = replica;
  FOREACH name IN ARRAY ARRAY[${TABLES.map((table) => `'${table}'`).join(', ')}] LOOP
    EXECUTE format('DELETE FROM %I', name);
  END LOOP;
  FOR name, content IN SELECT * FROM json_each(registry) LOOP
    EXECUTE format('INSERT INTO %I SELECT * FROM json_populate_recordset(NULL::%I, $1)', name, name) USING content;
  END LOOP;
END $$;
CREATE FUNCTION dump_registry() RETURNS json LANGUAGE sql AS $$
  SELECT row_to_json(dump) FROM (SELECT ${TABLES.map((table) => `(SELECT coalesce(json_agg(t ORDER BY id), '[]') FROM "${table}" t) AS "${table}"`).join(', ')}) AS dump
$$;
${TABLES.map((table) => `SELECT setval(pg_get_serial_sequence('"${table}"', 'id'), ${FIRST_FREE_ID});`).join('\n')}`;

/** Rows by table, for every table that is no fixed list. */
export type Dump = Record<TableName, Row[]>;

/** Prepares a database for {@link loadRegistry} and {@link dumpRegistry}. */
export async function prepareDatabase(database: Database): Promise<void> {
  await database.write((queries) => queries.raw(FUNCTIONS));
}

/** Replaces the content of all tables. */
export async function loadRegistry(database: Database, { tables }: Pick<Registry, 'tables'>): Promise<void> {
  await database.transaction((queries) =>
    queries.raw('SELECT load_registry(?::json)', [JSON.stringify(tables)]),
  );
}

export async function dumpRegistry(database: Database): Promise<Dump> {
  const { rows } = await database.write((queries) =>
    queries.raw<{ rows: { dump: Dump }[] }>('SELECT dump_registry() AS dump'),
  );
  return rows[0]!.dump;
}
