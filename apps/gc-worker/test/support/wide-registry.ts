import { NOW_MS } from './random-registry.ts';

export const DAY_SECONDS = 86_400;
const HOUR_MS = 3_600_000;
/** Namespaces with an own repository each. */
export const WIDE = 20_000;

/** Whether a namespace, by its number, has a window of a day; the others have two weeks. */
export function hasShortWindow(number: number): boolean {
  return number % 10 === 0;
}

/**
 * The INSERTs of a registry with many repositories and no garbage. Repository n, of namespace n, has a living tag (n)
 * and a dead one (20,000 + n) that is within its window: dead for 36 hours if that is two weeks, for 12 if it is a day.
 */
export function wideRegistry(): string {
  const each = `generate_series(1, ${WIDE}) AS n`;
  const deadFor = `CASE WHEN n % 10 = 0 THEN 12 ELSE 36 END`;
  return [
    'SET session_replication_role = replica',
    `INSERT INTO "user" (id, username, email, verified, organization, robot, invoice_email, invalid_login_attempts,
                         last_invalid_login, removed_tag_expiration_s, enabled)
     SELECT n, 'org-' || n, 'org-' || n, true, true, false, false, 0, now(),
            CASE WHEN n % 10 = 0 THEN ${DAY_SECONDS} ELSE ${14 * DAY_SECONDS} END, true FROM ${each}`,
    `INSERT INTO repository (id, namespace_user_id, name, visibility_id, badge_token, kind_id, trust_enabled, state)
     SELECT n, n, 'app', 1, '', 1, false, 0 FROM ${each}`,
    `INSERT INTO manifest (id, repository_id, digest, media_type_id, manifest_bytes, subject_backfilled, artifact_type_backfilled)
     SELECT n, 1 + (n - 1) % ${WIDE}, 'sha256:' || encode(sha256(n::text::bytea), 'hex'), 1, '{}', true, true
       FROM generate_series(1, ${2 * WIDE}) AS n`,
    `INSERT INTO tag (id, name, repository_id, manifest_id, lifetime_start_ms, lifetime_end_ms, immutable, hidden, reversion, tag_kind_id)
     SELECT n, 'living', n, n, ${NOW_MS - 100 * HOUR_MS}, NULL::bigint, false, false, false, 1 FROM ${each}
      UNION ALL
     SELECT ${WIDE} + n, 'dead', n, ${WIDE} + n, ${NOW_MS - 100 * HOUR_MS}, ${NOW_MS} - ${deadFor} * ${HOUR_MS} + n,
            false, false, false, 1 FROM ${each}`,
    'SET session_replication_role = origin',
    'ANALYZE',
  ].join(';\n');
}
