import { TABLES } from './data/tables.ts';
import type { ColumnFacts, TableFacts } from './table-facts.ts';

/** The name of a table of the Quay database. */
export type TableName = keyof typeof TABLES;

/** The name of a column of that table. */
export type ColumnName<Table extends TableName> = (typeof TABLES)[Table]['columns'][number]['name'];

/** A foreign key: `table.column` holds an `id` of `target`. */
export type Reference = { table: TableName; column: string; target: TableName; nullable: boolean };

/** All table names, in alphabetical order. */
export const TABLE_NAMES = Object.keys(TABLES) as TableName[];

/** What is known of a table. */
export function tableFacts(name: TableName): TableFacts {
  return TABLES[name];
}

/** What is known of a column. */
export function columnFacts<Table extends TableName>(table: Table, column: ColumnName<Table>): ColumnFacts {
  const found = tableFacts(table).columns.find(({ name }) => name === column);
  if (found === undefined) throw new Error(`${table} has no column ${column}`);
  return found;
}

/** The foreign keys of a table. */
export function referencesFrom(table: TableName): Reference[] {
  return tableFacts(table).columns.flatMap(({ name, references, nullable }) =>
    references === undefined
      ? []
      : [{ table, column: name, target: references as TableName, nullable: nullable === true }],
  );
}

/** The foreign keys, of all tables, that point to a table: what stands in the way of deleting its rows. */
export function referencesTo(target: TableName): Reference[] {
  return TABLE_NAMES.flatMap(referencesFrom).filter((reference) => reference.target === target);
}

/**
 * The tables, and all that they refer to, each after those it refers to. Tables that refer to each other
 * in a circle come in alphabetical order.
 */
export function inDependencyOrder(names: readonly TableName[] = TABLE_NAMES): TableName[] {
  const ordered = new Set<TableName>();
  const visiting = new Set<TableName>();
  const visit = (name: TableName): void => {
    if (ordered.has(name) || visiting.has(name)) return;
    visiting.add(name);
    for (const { target } of referencesFrom(name)) visit(target);
    ordered.add(name);
  };
  for (const name of names) visit(name);
  return [...ordered];
}
