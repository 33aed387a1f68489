import { LABEL_SOURCES, LOOKUP_NAMES } from './data/lookup-rows.ts';

/** A lookup table whose rows are known. */
export type LookupTable = keyof typeof LOOKUP_NAMES;

/** The INSERTs that fill Quay's lookup tables as it fills them itself when it sets up a database. */
export function seedStatements(): string[] {
  const lookups = Object.entries(LOOKUP_NAMES).map(
    ([table, names]) =>
      `INSERT INTO "${table}" ("name") VALUES ${names.map((name) => `(${literal(name)})`).join(', ')}`,
  );
  const sources = LABEL_SOURCES.map(({ name, mutable }) => `(${literal(name)}, ${mutable})`);
  return [...lookups, `INSERT INTO "labelsourcetype" ("name", "mutable") VALUES ${sources.join(', ')}`];
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
