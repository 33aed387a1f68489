/** Gives numbers in [0, 1), the same ones for the same seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * SQL that replaces all accounts of a Quay database by random ones: users, organisations and robots (and what is both),
 * disabled or about to be deleted, with repositories, robot tokens and organisation mirrors.
 */
export function randomRegistry(random: () => number): string {
  const chance = (share: number) => random() < share;
  const accounts = Array.from({ length: Math.floor(1 + random() * 80) }, (_, index) => ({
    id: index + 1,
    organization: chance(0.4),
    robot: chance(0.3),
    enabled: chance(0.7),
    deleted: chance(0.2),
    repositories: Math.floor(random() * 4),
    mirror: chance(0.3),
    mirrorEnabled: chance(0.5),
    token: chance(0.8),
  }));
  const statements = ['TRUNCATE "user" RESTART IDENTITY CASCADE'];
  for (const { id, organization, robot, enabled, ...account } of accounts) {
    statements.push(
      `INSERT INTO "user" (id, username, email, verified, organization, robot, invoice_email, invalid_login_attempts,
         last_invalid_login, removed_tag_expiration_s, enabled)
       VALUES (${id}, 'account${id}', '${id}@example.com', true, ${organization}, ${robot}, false, 0, now(), 0, ${enabled})`,
    );
    if (account.deleted)
      statements.push(
        `INSERT INTO deletednamespace (namespace_id, marked, original_username, original_email) VALUES (${id}, now(), '', '')`,
      );
    for (let number = 1; number <= account.repositories; number += 1)
      statements.push(
        `INSERT INTO repository (namespace_user_id, name, visibility_id, badge_token, kind_id, trust_enabled, state)
         VALUES (${chance(0.1) ? 'NULL' : id}, 'repository${number}', 1, '', 1, false, ${Math.floor(random() * 4)})`,
      );
    if (robot && account.token)
      statements.push(
        `INSERT INTO robotaccounttoken (robot_account_id, token, fully_migrated) VALUES (${id}, '', true)`,
      );
    if (organization && account.mirror)
      statements.push(
        `INSERT INTO orgmirrorconfig (organization_id, creation_date, is_enabled, mirror_type, external_registry_type,
           external_registry_url, external_namespace, external_registry_config, internal_robot_id, repository_filters,
           architecture_filter, visibility_id, delete_stale_repos, sync_interval, sync_retries_remaining, sync_status,
           sync_transaction_id, skopeo_timeout)
         VALUES (${id}, now(), ${account.mirrorEnabled}, 1, 1, '', '', '{}', ${id}, '[]', '[]', 1, false, 60, 3, 0, '', 300)`,
      );
  }
  return statements.join(';\n');
}
