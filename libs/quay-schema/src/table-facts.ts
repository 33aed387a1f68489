/** A column as Quay declares it. */
export type ColumnFacts = {
  name: string;
  /** `serial`, `integer`, `varchar(255)`, `timestamp (UTC, no zone)`, `text (JSON)` ... */
  type: string;
  primaryKey?: true;
  nullable?: true;
  unique?: true;
  indexed?: true;
  /** The table whose `id` it holds. */
  references?: string;
  /** The table referred to is a fixed list of names. */
  enumTable?: true;
  /** The enumeration in Quay's code whose numbers it holds. */
  clientEnum?: string;
  /** What Python fills in when it inserts; the database itself has no default. */
  default?: string;
};

/** An index over several columns. */
export type IndexFacts = { columns: readonly string[]; unique: boolean };

/** A table as Quay declares it. */
export type TableFacts = { columns: readonly ColumnFacts[]; indexes: readonly IndexFacts[] };
