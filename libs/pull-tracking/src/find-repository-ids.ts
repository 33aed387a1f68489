import { DatabaseError, type Database } from '@quay-observability/database';

/** One that takes longer has its connection thrown away, and a replica left alone for a while. */
const QUERY_TIMEOUT_MS = 5000;

const QUERY = `
  SELECT wanted.namespace || '/' || wanted.name AS repository, repository.id
    FROM unnest(?::text[], ?::text[]) AS wanted (namespace, name)
    JOIN "user" ON "user".username = wanted.namespace
    JOIN repository ON repository.namespace_user_id = "user".id AND repository.name = wanted.name`;

type Answer = { readonly rows: readonly { readonly repository: string; readonly id: number | string }[] };

/**
 * The ids of those repositories, given as `namespace/name`, that exist: one query for all of them.
 *
 * @throws DatabaseError if the database cannot be reached or does not answer in 5 s
 */
export async function findRepositoryIds(
  database: Pick<Database, 'read'>,
  repositories: readonly string[],
  options: { readonly allowReplica: boolean },
): Promise<Map<string, number>> {
  // The namespace is the first segment; a name may have more of them.
  const parts = repositories.map((repository) => {
    const slash = repository.indexOf('/');
    return { namespace: repository.slice(0, Math.max(0, slash)), name: repository.slice(slash + 1) };
  });
  const names = [parts.map(({ namespace }) => namespace), parts.map(({ name }) => name)];
  const { rows } = await database.read(async (queries) => {
    try {
      return await queries.raw<Answer>(QUERY, names).timeout(QUERY_TIMEOUT_MS);
    } catch (error) {
      throw isTimeout(error) ? timeoutError(error) : error;
    }
  }, options);
  return new Map(rows.map(({ repository, id }) => [repository, Number(id)]));
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'KnexTimeoutError';
}

function timeoutError(cause: unknown): DatabaseError {
  const message = `PostgreSQL: no answer to the question for repository ids within ${QUERY_TIMEOUT_MS} ms`;
  return new DatabaseError('DATABASE_UNAVAILABLE', message, { reason: 'timeout', serverFailed: true, cause });
}
