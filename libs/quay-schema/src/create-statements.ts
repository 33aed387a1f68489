import { inDependencyOrder, referencesFrom, tableFacts, TABLE_NAMES, type TableName } from './tables.ts';
import type { ColumnFacts } from './table-facts.ts';

/** PostgreSQL's limit for names, in bytes. */
const MAX_NAME_BYTES = 63;

/**
 * PostgreSQL DDL that creates these tables (all unless told) and what they refer to: columns, primary
 * keys, indexes, foreign keys. Columns get no defaults, because Quay's have none: Python fills them in,
 * and whoever inserts has to.
 */
export function createTableStatements(names: readonly TableName[] = TABLE_NAMES): string[] {
  const ordered = inDependencyOrder(names);
  const created = new Set<TableName>();
  const statements: string[] = [];
  const afterwards: string[] = [];
  for (const table of ordered) {
    created.add(table);
    const lines = tableFacts(table).columns.map(columnLine);
    for (const { column, target } of referencesFrom(table)) {
      const constraint = `CONSTRAINT ${quoted(limited(`fk_${table}_${column}_${target}`))} FOREIGN KEY (${quoted(column)}) REFERENCES ${quoted(target)} ("id")`;
      if (created.has(target)) lines.push(constraint);
      else afterwards.push(`ALTER TABLE ${quoted(table)} ADD ${constraint}`);
    }
    statements.push(
      `CREATE TABLE ${quoted(table)} (\n  ${lines.join(',\n  ')}\n)`,
      ...indexStatements(table),
    );
  }
  return [...statements, ...afterwards];
}

function columnLine(column: ColumnFacts): string {
  const suffix = column.primaryKey === true ? ' PRIMARY KEY' : column.nullable === true ? '' : ' NOT NULL';
  return `${quoted(column.name)} ${postgresType(column.type)}${suffix}`;
}

/** The PostgreSQL type for a type of the table data. */
export function postgresType(type: string): string {
  const length = /^varchar\((\d+)\)$/.exec(type)?.[1];
  if (length !== undefined) return `varchar(${length})`;
  const known = TYPES[type];
  if (known === undefined) throw new Error(`no PostgreSQL type is known for "${type}"`);
  return known;
}

const TYPES: Readonly<Record<string, string>> = {
  serial: 'serial',
  bigserial: 'bigserial',
  integer: 'integer',
  bigint: 'bigint',
  smallint: 'smallint',
  boolean: 'boolean',
  date: 'date',
  text: 'text',
  'text (JSON)': 'text',
  'text(base64)': 'text',
  'text(base64 pickle)': 'text',
  'text(encrypted)': 'text',
  'timestamp (UTC, no zone)': 'timestamp without time zone',
  'varchar(hash)': 'varchar(255)',
  // Ciphertext is longer than what is encrypted, and Quay's limits for it differ from column to column.
  'varchar(encrypted)': 'varchar',
};

/** An index per column that is unique, indexed or a foreign key, and the ones over several columns. */
function indexStatements(table: TableName): string[] {
  const { columns, indexes } = tableFacts(table);
  const single = columns
    .filter(({ unique, indexed, references }) => unique ?? indexed ?? references !== undefined)
    .map(({ name, unique }) => ({ columns: [name], unique: unique === true }));
  return [...single, ...indexes].map(
    (index) =>
      `CREATE ${index.unique ? 'UNIQUE ' : ''}INDEX ${quoted(limited([table, ...index.columns].join('_')))} ON ${quoted(table)} (${index.columns.map(quoted).join(', ')})`,
  );
}

/** Cuts a name to PostgreSQL's limit but keeps it distinct from others that begin alike. */
function limited(name: string): string {
  if (name.length <= MAX_NAME_BYTES) return name;
  let hash = 0;
  for (const character of name) hash = (Math.imul(hash, 31) + (character.codePointAt(0) ?? 0)) >>> 0;
  return `${name.slice(0, MAX_NAME_BYTES - 9)}_${hash.toString(16).padStart(8, '0')}`;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
