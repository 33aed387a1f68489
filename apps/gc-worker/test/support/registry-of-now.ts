import { createRandom, type Random } from './random.ts';
import { markNamespace } from './mark-namespace.ts';
import { fileOf } from './compare-registries.ts';
import { digestOf, NOW_MS, randomRegistry, timestamp, type Maker } from './random-registry.ts';
import type { Row } from './registry-rows.ts';

/** What was about to change within this time is decided now, by moving it. */
const TEST_TIME_MS = 300_000;
const MARKED_FOR_DELETION = 3;

export type RegistryOfNow = Maker & {
  /** When the registry is what it is: nothing in it dies of age for minutes. */
  readonly nowMs: number;
  /** Of the namespace that is marked for deletion, if there is one. */
  readonly markedNamespaceId: number | undefined;
};

/** Makes the random registry of a seed for a whole app, which has the clock of the machine. */
export function registryOfNow(
  seed: number,
  { nowMs = Date.now(), marked = false, crowded = false } = {},
): RegistryOfNow {
  const registry = randomRegistry(seed, { belongings: marked, crowded });
  const random = createRandom(seed);
  const namespace = marked ? markNamespace(registry, random) : undefined;
  const { tables } = registry;
  for (const manifest of tables.manifest ?? []) addOwnBlob(registry, manifest, random);
  for (const account of tables.user ?? [])
    if (account.id === namespace?.id) Object.assign(account, { enabled: false });
  for (const tag of tables.tag ?? []) {
    const shiftMs = nowMs - NOW_MS;
    tag.lifetime_start_ms = Number(tag.lifetime_start_ms) + shiftMs;
    if (tag.lifetime_end_ms === null) continue;
    const endMs = Number(tag.lifetime_end_ms) + shiftMs;
    const leftMs = endMs + windowMsOf(registry, tag) - nowMs;
    const isClose = Math.abs(leftMs) < TEST_TIME_MS;
    tag.lifetime_end_ms = isClose ? endMs + Math.sign(leftMs || -1) * 2 * TEST_TIME_MS : endMs;
  }
  for (const upload of tables.uploadedblob ?? []) {
    const leftMs = Date.parse(`${String(upload.expires_at)}Z`) - NOW_MS;
    upload.expires_at = timestamp(nowMs + (leftMs > 0 ? 3600_000 : -3600_000));
  }
  // Those of the registry are nobody's work here.
  for (const item of tables.queueitem ?? []) item.available_after = timestamp(nowMs + 86_400_000);
  return { ...registry, nowMs, markedNamespaceId: namespace?.id };
}

/** So that files go, and not only links to what others share. */
function addOwnBlob(registry: Maker, manifest: Row, random: Random): void {
  const blob = registry.add('imagestorage', {
    ...{ uuid: `0001${manifest.id}-blob`, image_size: 1 + random.below(10_000), uncompressed_size: null },
    ...{ uploading: false, cas_path: random.chance(0.9) },
    content_checksum: digestOf(`blob of ${manifest.id}`),
  });
  for (const location of random.pick([[1], [2], [1, 2]])) {
    registry.add('imagestorageplacement', { storage_id: blob.id, location_id: location });
    registry.files.add(fileOf(blob, location));
  }
  registry.add('manifestblob', {
    ...{ repository_id: manifest.repository_id!, manifest_id: manifest.id },
    blob_id: blob.id,
  });
}

/** Repositories that GCWORKER is to collect (contract section 8, steps 1 and 2). */
export function collectable(registry: RegistryOfNow, keepImmutable: boolean): number[] {
  const { tables, nowMs } = registry;
  return (tables.repository ?? [])
    .filter(({ id, state, namespace_user_id: namespaceId }) => {
      const namespace = (tables.user ?? []).find((account) => account.id === namespaceId);
      if (state === MARKED_FOR_DELETION || namespace?.enabled !== true) return false;
      return (tables.tag ?? []).some(
        (tag) =>
          tag.repository_id === id &&
          tag.lifetime_end_ms !== null &&
          Number(tag.lifetime_end_ms) + windowMsOf(registry, tag) <= nowMs &&
          !(keepImmutable && tag.immutable === true),
      );
    })
    .map(({ id }) => id);
}

/** Repositories and their markers that an item of `repositorygc` is to be about. */
export function markedRepositories({ tables, markedNamespaceId }: RegistryOfNow): Row[] {
  const owned = new Set(
    (tables.repository ?? [])
      .filter(({ namespace_user_id: id }) => id === markedNamespaceId)
      .map(({ id }) => id),
  );
  return (tables.deletedrepository ?? []).filter(({ repository_id: id }) => !owned.has(Number(id)));
}

function windowMsOf({ tables }: Maker, tag: Row): number {
  const repository = (tables.repository ?? []).find(({ id }) => id === tag.repository_id);
  const namespace = (tables.user ?? []).find(({ id }) => id === repository?.namespace_user_id);
  return Number(namespace?.removed_tag_expiration_s ?? 0) * 1000;
}
