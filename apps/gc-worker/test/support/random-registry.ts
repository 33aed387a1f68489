import { createHash } from 'node:crypto';
import { fileOf } from './compare-registries.ts';
import { randomBelongings } from './random-belongings.ts';
import { randomContent } from './random-content.ts';
import { createRandom, type Random } from './random.ts';
import { createRegistry, type Row, type Value } from './registry-rows.ts';

/** The moment of all random registries, in unix ms. */
export const NOW_MS = Date.UTC(2026, 1, 16, 10, 11, 12);
/** Windows of namespaces, in seconds. */
const WINDOWS = [0, 60, 86_400, 1_209_600];
const NORMAL = 0;
const MARKED_FOR_DELETION = 3;
const EMPTY_LAYER = 'sha256:a3ed95caeb02ffe68cdd9fd84406680ae93d633cb16422d00e8a7c22955b46d4';

export type Maker = ReturnType<typeof createRegistry>;

export function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}

/** As the columns without zone have it. */
export function timestamp(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '');
}

/**
 * A random registry: namespaces with different windows, repositories, blobs that they share, placeholders, lists of
 * manifests, labels, subjects and referrers, living, expired and immutable tags, uploads, statistics and totals; with
 * `belongings` also rows in all other tables that refer to a repository or an account, and `crowded` with many tags and manifests.
 */
export function randomRegistry(seed: number, { belongings = false, crowded = false } = {}): Maker {
  const random = createRandom(seed);
  const maker = createRegistry();
  const blobs = randomBlobs(maker, random);
  const notify = randomNamespaces(maker, random);
  for (const repository of maker.tables.repository ?? [])
    randomContent({
      maker,
      random,
      repository,
      blobs,
      crowded,
      notifications: notify.get(repository.id) ?? [],
    });
  if (belongings) randomBelongings(maker, random);
  return maker;
}

function randomNamespaces(maker: Maker, random: Random): Map<number, Row[]> {
  const notifications = new Map<number, Row[]>();
  const names = ['acme', 'acme_x', 'acme-x', 'beta'].slice(0, 1 + random.below(4));
  for (const name of names) {
    const namespace = maker.add('user', account(name, random));
    if (random.chance(0.7)) addTotals(maker, random, 'quotanamespacesize', 'namespace_user_id', namespace.id);
    const count = 1 + random.below(3);
    for (let number = 0; number < count; number += 1) {
      const isMarked = random.chance(0.1);
      const repository = maker.add('repository', {
        namespace_user_id: namespace.id,
        name: `app${number}`,
        visibility_id: 1,
        description: null,
        badge_token: '',
        kind_id: 1,
        trust_enabled: false,
        state: isMarked ? MARKED_FOR_DELETION : random.pick([NORMAL, NORMAL, 1, 2]),
      });
      if (isMarked)
        maker.add('deletedrepository', {
          repository_id: repository.id,
          marked: timestamp(NOW_MS),
          original_name: 'app',
          queue_id: null,
        });
      if (random.chance(0.7)) addTotals(maker, random, 'quotarepositorysize', 'repository_id', repository.id);
      if (random.chance(0.5))
        notifications.set(repository.id, [
          maker.add('repositorynotification', {
            uuid: `notification-${repository.id}`,
            repository_id: repository.id,
            event_id: 1,
            method_id: 1,
            title: null,
            config_json: '{}',
            event_config_json: '{}',
            number_of_failures: 0,
            last_ran_ms: null,
          }),
        ]);
    }
  }
  return notifications;
}

/** Values of a row of `user`. */
export function account(name: string, random: Random): Record<string, Value> {
  return {
    uuid: `uuid-${name}`,
    username: name,
    email: `${name}@example.com`,
    verified: true,
    organization: random.chance(0.6),
    robot: false,
    invoice_email: false,
    invalid_login_attempts: 0,
    last_invalid_login: timestamp(NOW_MS),
    removed_tag_expiration_s: random.pick(WINDOWS),
    enabled: random.chance(0.9),
    creation_date: timestamp(NOW_MS - 1000 * 86_400_000),
  };
}

function addTotals(
  maker: Maker,
  random: Random,
  table: 'quotanamespacesize' | 'quotarepositorysize',
  column: string,
  id: number,
): void {
  maker.add(table, {
    [column]: id,
    size_bytes: random.below(1_000_000),
    backfill_start_ms: random.chance(0.8) ? NOW_MS : null,
    backfill_complete: random.chance(0.7),
  });
}

function randomBlobs(maker: Maker, random: Random): Row[] {
  const blobs: Row[] = [];
  const count = 16 + random.below(24);
  for (let number = 0; number < count; number += 1) {
    const twin = blobs.length > 0 && random.chance(0.1) ? random.pick(blobs) : undefined;
    const casPath = random.chance(0.85);
    const checksum =
      twin?.content_checksum ??
      (number === 0 ? EMPTY_LAYER : !casPath && random.chance(0.3) ? null : digestOf(`blob ${number}`));
    const blob = maker.add('imagestorage', {
      uuid: `0000${number}-blob`,
      // Quay always knows the size of a shared file.
      image_size: (twin?.cas_path ?? casPath) || random.chance(0.9) ? 1 + random.below(10_000) : null,
      uncompressed_size: null,
      uploading: false,
      cas_path: twin?.cas_path ?? casPath,
      content_checksum: checksum,
    });
    // A twin is where its other is; a blob without a location is a placeholder.
    const locations = twin === undefined ? random.some([1, 2], 0.6) : locationsOf(maker, twin.id);
    for (const location of locations) addPlacement(maker, blob, location);
    if (random.chance(0.2))
      maker.add('imagestoragesignature', {
        storage_id: blob.id,
        kind_id: 1,
        signature: 'signed',
        uploading: false,
      });
    blobs.push(blob);
  }
  return blobs;
}

function locationsOf(maker: Maker, storageId: number): number[] {
  return (maker.tables.imagestorageplacement ?? [])
    .filter(({ storage_id: id }) => id === storageId)
    .map(({ location_id: id }) => Number(id));
}

function addPlacement(maker: Maker, blob: Row, location: number): void {
  maker.add('imagestorageplacement', { storage_id: blob.id, location_id: location });
  maker.files.add(fileOf(blob, location));
}
