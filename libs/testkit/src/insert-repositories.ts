import type { PostgresServer } from './servers/postgres.ts';

/**
 * Makes organizations and repositories in Quay's tables, given as `namespace/name`; resolves to their ids. Those that
 * exist already stay.
 */
export async function insertRepositories(
  postgres: Pick<PostgresServer, 'query'>,
  repositories: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const namespaces = repositories.map((repository) => repository.slice(0, repository.indexOf('/')));
  const names = repositories.map((repository) => repository.slice(repository.indexOf('/') + 1));
  await postgres.query(
    `INSERT INTO "user" (username, email, verified, organization, robot, invoice_email, invalid_login_attempts,
                         last_invalid_login, removed_tag_expiration_s, enabled)
     SELECT DISTINCT namespace, namespace, true, true, false, false, 0, now(), 1209600, true
       FROM unnest($1::text[]) AS namespace
         ON CONFLICT DO NOTHING`,
    [namespaces],
  );
  await postgres.query(
    `INSERT INTO repository (namespace_user_id, name, visibility_id, badge_token, kind_id, trust_enabled, state)
     SELECT "user".id, wanted.name, 1, '', 1, false, 0
       FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS wanted (namespace, name, position)
       JOIN "user" ON "user".username = wanted.namespace
      ORDER BY wanted.position
         ON CONFLICT DO NOTHING`,
    [namespaces, names],
  );
  const rows = await postgres.query<{ repository: string; id: number }>(
    `SELECT "user".username || '/' || repository.name AS repository, repository.id
       FROM repository JOIN "user" ON "user".id = repository.namespace_user_id`,
  );
  return new Map(rows.map(({ repository, id }) => [repository, id]));
}
