import type { Queries } from '@quay-observability/database';
import type { ManifestTotal, TagTotal } from './add-up-pulls.ts';
import { ADD_TO_MANIFESTS, ADD_TO_TAGS } from './statistics-sql.ts';

/** Adds rows, all or none. */
export type AddRows<Row> = (queries: Queries, rows: readonly Row[]) => Promise<void>;

/** A row that PostgreSQL refuses, with its reason. */
export type RefusedRow<Row = TagTotal | ManifestTotal> = { readonly row: Row; readonly reason: string };

export const addTags: AddRows<TagTotal> = async (queries, rows) => {
  await queries.raw(ADD_TO_TAGS, [...columns(rows, ({ tag }) => tag), rows.map(({ digest }) => digest)]);
};

export const addManifests: AddRows<ManifestTotal> = async (queries, rows) => {
  await queries.raw(
    ADD_TO_MANIFESTS,
    columns(rows, ({ digest }) => digest),
  );
};

type AnyTotal = Pick<ManifestTotal, 'repositoryId' | 'count' | 'unixSeconds'>;

function columns<Row extends AnyTotal>(
  rows: readonly Row[],
  name: (row: Row) => string,
): (string[] | number[])[] {
  return [
    rows.map(({ repositoryId }) => repositoryId),
    rows.map(name),
    rows.map(({ count }) => String(count)),
    rows.map(({ unixSeconds }) => unixSeconds),
  ];
}

/**
 * Adds every row that PostgreSQL takes, and tells of those that it refuses for their values: halves what fails until
 * the row is found. Within the transaction of the batch, so that its one commit still decides about all of it.
 */
export async function addWhatFits<Row>(
  queries: Queries,
  rows: readonly Row[],
  add: AddRows<Row>,
): Promise<RefusedRow<Row>[]> {
  if (rows.length === 0) return [];
  try {
    await queries.transaction((savepoint) => add(savepoint, rows));
    return [];
  } catch (error) {
    if (!isAboutValues(error)) throw error;
    const [row] = rows;
    if (rows.length === 1 && row !== undefined) return [{ row, reason: sqlStateOf(error) ?? '' }];
    const middle = Math.ceil(rows.length / 2);
    const first = await addWhatFits(queries, rows.slice(0, middle), add);
    return [...first, ...(await addWhatFits(queries, rows.slice(middle), add))];
  }
}

/** Data exceptions and violated constraints: another attempt with the same row would fail again. */
export function isAboutValues(error: unknown): boolean {
  return /^2[23]/.test(sqlStateOf(error) ?? '');
}

/** PostgreSQL's code of what is wrong with a statement. */
export function sqlStateOf(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as { code?: unknown }).code : undefined;
  return typeof code === 'string' ? code : undefined;
}
