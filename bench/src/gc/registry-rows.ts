import type { GcOptions } from './options.ts';

/**
 * Tables that grow with what a registry holds: a statement that reads one of them from end to end takes longer with
 * every image.
 */
export const GROWING_TABLES = [
  'imagestorage',
  'imagestorageplacement',
  'imagestoragesignature',
  'label',
  'manifest',
  'manifestblob',
  'manifestchild',
  'manifestlabel',
  'manifestpullstatistics',
  'manifestsecuritystatus',
  'quotanamespacesize',
  'quotarepositorysize',
  'repository',
  'tag',
  'tagnotificationsuccess',
  'tagpullstatistics',
  'uploadedblob',
  'user',
] as const;

/** The repository that is collected; those after it are not. */
export const REPOSITORY_ID = 1;
const REPOSITORIES_PER_NAMESPACE = 1;
const WINDOW_SECONDS = 14 * 86_400;

const sha256 = (text: string): string => `'sha256:' || encode(sha256((${text})::bytea), 'hex')`;
const ago = (days: number): string => `(extract(epoch FROM now()) * 1000 - ${days} * 86400000.0)::bigint`;

/**
 * The INSERTs of a registry. Manifests are numbered; of the collected repository are the first `2 * tags`:
 * 1 to `tags` each have an expired tag, every 20th has a living tag besides, every 10th is a list of two; the next
 * `tags` are the children of these lists, or have a living tag. An image has two blobs of its own, one that a hundred
 * images share, and a label. Every other repository is alive, with tags that are deleted but within their window.
 */
export function insertStatements({
  manifests,
  tags,
  perRepository,
}: Omit<GcOptions, 'rounds' | 'only'>): string[] {
  const bases = manifests / 100;
  const uploads = 2 * manifests + bases;
  const repository = `CASE WHEN n <= ${2 * tags} THEN ${REPOSITORY_ID}
                           ELSE 2 + (n - ${2 * tags + 1}) / ${perRepository} END`;
  const repositories = 1 + Math.ceil((manifests - 2 * tags) / perRepository);
  const namespaces = 2 + Math.floor(repositories / REPOSITORIES_PER_NAMESPACE);
  const all = `generate_series(1, ${manifests}) AS n`;
  const isList = `n <= ${tags} AND n % 10 = 5`;
  const isChild = `n > ${tags} AND n <= ${2 * tags} AND n % 10 IN (5, 6)`;
  const isLiving = `(n > ${tags} OR n % 20 = 0) AND NOT (${isChild})`;
  const images = `${all} WHERE NOT (${isList})`;
  return [
    `INSERT INTO "user" (id, username, email, verified, organization, robot, invoice_email, invalid_login_attempts,
                         last_invalid_login, removed_tag_expiration_s, enabled)
     SELECT n, 'org-' || n, 'org-' || n, true, true, false, false, 0, now(), ${WINDOW_SECONDS}, true
       FROM generate_series(1, ${namespaces}) AS n`,
    `INSERT INTO repository (id, namespace_user_id, name, visibility_id, badge_token, kind_id, trust_enabled, state)
     SELECT n, CASE WHEN n = ${REPOSITORY_ID} THEN 1 ELSE 2 + n / ${REPOSITORIES_PER_NAMESPACE} END, 'app-' || n, 1, '', 1, false, 0
       FROM generate_series(1, ${repositories}) AS n`,
    `INSERT INTO manifest (id, repository_id, digest, media_type_id, manifest_bytes, subject_backfilled, artifact_type_backfilled)
     SELECT n, ${repository}, ${sha256(`'manifest ' || n`)}, 1, '{}', true, true FROM ${all}`,
    `INSERT INTO manifestchild (id, repository_id, manifest_id, child_manifest_id)
     SELECT 2 * n + child, ${REPOSITORY_ID}, n, n + ${tags} + child
       FROM generate_series(5, ${tags}, 10) AS n, generate_series(0, 1) AS child`,
    // Of other repositories, every 25th has a child: else the table would be smaller than any registry's.
    `INSERT INTO manifestchild (id, repository_id, manifest_id, child_manifest_id)
     SELECT ${2 * manifests} + n, ${repository}, n, n + 1 FROM generate_series(${2 * tags + 1}, ${manifests}, 25) AS n`,
    `INSERT INTO imagestorage (id, uuid, image_size, uploading, cas_path, content_checksum)
     SELECT id, md5('blob ' || id), 1000, false, true, ${sha256(`'blob ' || id`)}
       FROM generate_series(1, ${uploads + tags / 20}) AS id
      WHERE id > ${2 * tags} OR (id + 1) / 2 % 10 <> 5`,
    `INSERT INTO imagestorageplacement (id, storage_id, location_id) SELECT id, id, 1 FROM imagestorage`,
    `INSERT INTO imagestoragesignature (id, storage_id, kind_id)
     SELECT id, id, 1 FROM imagestorage WHERE id <= ${2 * manifests} AND id % 100 = 1`,
    `INSERT INTO manifestblob (id, repository_id, manifest_id, blob_id)
     SELECT 3 * n + blob, ${repository}, n,
            CASE blob WHEN 2 THEN ${2 * manifests + 1} + n % ${bases} ELSE 2 * n - blob END
       FROM generate_series(0, 2) AS blob, ${images}`,
    `INSERT INTO label (id, uuid, key, value, media_type_id, source_type_id)
     SELECT n, md5('label ' || n), 'maintainer', 'team', 1, 1 FROM ${images}`,
    `INSERT INTO manifestlabel (id, repository_id, manifest_id, label_id) SELECT n, ${repository}, n, n FROM ${images}`,
    `INSERT INTO manifestsecuritystatus (id, manifest_id, repository_id, index_status, error_json, last_indexed,
                                         indexer_hash, indexer_version, metadata_json)
     SELECT n, n, ${repository}, 1, '{}', now(), 'hash', 4, '{}' FROM ${images}`,
    `INSERT INTO manifestpullstatistics (id, repository_id, manifest_digest, manifest_pull_count, last_manifest_pull_date)
     SELECT id, repository_id, digest, 1, now() FROM manifest WHERE id % 2 = 0`,
    `INSERT INTO tag (id, name, repository_id, manifest_id, lifetime_start_ms, immutable, hidden, reversion, tag_kind_id)
     SELECT n, 'v' || n, ${repository}, n, ${ago(60)} + n, false, false, false, 1 FROM ${all} WHERE ${isLiving}`,
    `INSERT INTO tag (id, name, repository_id, manifest_id, lifetime_start_ms, lifetime_end_ms, immutable, hidden, reversion, tag_kind_id)
     SELECT ${manifests} + n, 'd' || n, ${repository}, n, ${ago(60)} + n,
            CASE WHEN n <= ${tags} THEN ${ago(30)} ELSE ${ago(1)} END + n, false, false, false, 1
       FROM ${all} WHERE n <= ${tags} OR (n > ${2 * tags} AND n % 20 = 1)`,
    `INSERT INTO tagpullstatistics (id, repository_id, tag_name, tag_pull_count, last_tag_pull_date)
     SELECT id, repository_id, name, 1, now() FROM tag WHERE id % 2 = 0`,
    `INSERT INTO repositorynotification (id, uuid, repository_id, event_id, method_id, config_json, event_config_json, number_of_failures)
     VALUES (1, 'notification', ${REPOSITORY_ID}, 1, 1, '{}', '{}', 0)`,
    `INSERT INTO tagnotificationsuccess (id, notification_id, tag_id, method_id) SELECT id, 1, id, 1 FROM tag WHERE id % 50 = 0`,
    `INSERT INTO uploadedblob (id, repository_id, blob_id, uploaded_at, expires_at)
     SELECT n, ${repository}, 2 * n, now(), now() + interval '1 day'
       FROM generate_series(${2 * tags + 1}, ${manifests}, 100) AS n`,
    `INSERT INTO uploadedblob (id, repository_id, blob_id, uploaded_at, expires_at)
     SELECT n, ${REPOSITORY_ID}, ${uploads} + n, now() - interval '9 days', now() - interval '8 days'
       FROM generate_series(1, ${tags / 20}) AS n`,
    `INSERT INTO quotarepositorysize (id, repository_id, size_bytes, backfill_start_ms, backfill_complete)
     SELECT id, id, 1000, 1, true FROM repository`,
    `INSERT INTO quotanamespacesize (id, namespace_user_id, size_bytes, backfill_start_ms, backfill_complete)
     SELECT id, id, 1000, 1, true FROM "user"`,
  ];
}

/** Gives the `content_checksum` of every blob that only garbage has. */
export function garbageChecksums({ manifests, tags }: Pick<GcOptions, 'manifests' | 'tags'>): string {
  const uploads = 2 * manifests + manifests / 100;
  return `SELECT content_checksum FROM (SELECT *, (id + 1) / 2 AS n FROM imagestorage) AS blob
           WHERE id > ${uploads} OR (n <= ${tags} AND n % 20 <> 0)
              OR (n > ${tags} AND n <= ${2 * tags} AND n % 10 IN (5, 6))`;
}
