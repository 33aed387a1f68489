import type { TableName } from '@quay-observability/quay-schema';

export type Value = string | number | boolean | null;
export type Row = { id: number } & Record<string, Value>;

/** A whole registry: rows by table, each table's ids in the order of their making, and its files as `location/path`. */
export type Registry = { readonly tables: Partial<Record<TableName, Row[]>>; readonly files: Set<string> };

/** Makes rows with ids that count up per table. */
export function createRegistry(): Registry & { add(table: TableName, values: Record<string, Value>): Row } {
  const tables: Registry['tables'] = {};
  return {
    tables,
    files: new Set(),
    add: (table, values) => {
      const rows = (tables[table] ??= []);
      const row = { id: rows.length + 1, ...values };
      rows.push(row);
      return row;
    },
  };
}
