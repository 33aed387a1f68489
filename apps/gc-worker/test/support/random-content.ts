import type { Random } from './random.ts';
import { digestOf, NOW_MS, timestamp, type Maker } from './random-registry.ts';
import type { Row } from './registry-rows.ts';

export type ContentOptions = {
  readonly maker: Maker;
  readonly random: Random;
  readonly repository: Row;
  /** All blobs of the registry: repositories share them. */
  readonly blobs: readonly Row[];
  /** Whether there are many manifests and tags. */
  readonly crowded: boolean;
  /** Notifications of the repository. */
  readonly notifications: readonly Row[];
};

/** How long ago tags ended, in seconds: within and beyond the windows of namespaces, and exactly at their ends. */
const AGES = [-3600, 0, 1, 59, 60, 61, 3600, 86_399, 86_400, 100_000, 1_209_600, 2_000_000];

/** Fills a repository with manifests, tags and uploads. */
export function randomContent(options: ContentOptions): void {
  const manifests = randomManifests(options);
  randomTags(options, manifests);
  const { maker, random, repository, blobs } = options;
  for (const blob of random.some(blobs, 0.04))
    maker.add('uploadedblob', {
      repository_id: repository.id,
      blob_id: blob.id,
      uploaded_at: timestamp(NOW_MS - 7200_000),
      expires_at: timestamp(NOW_MS + random.pick([-3600_000, 0, 3600_000])),
    });
}

function randomManifests({ maker, random, repository, blobs, crowded }: ContentOptions): Row[] {
  const manifests: Row[] = [];
  const labels: Row[] = [];
  const count = crowded ? 60 : random.below(14);
  for (let number = 0; number < count; number += 1) {
    const digest = digestOf(`manifest ${repository.id} ${number}`);
    const manifest = maker.add('manifest', {
      repository_id: repository.id,
      digest,
      media_type_id: 1,
      manifest_bytes: '{}',
      config_media_type: null,
      layers_compressed_size: 1,
      subject: manifests.length > 0 && random.chance(0.25) ? random.pick(manifests).digest! : null,
      subject_backfilled: true,
      artifact_type: null,
      artifact_type_backfilled: true,
    });
    const link = { repository_id: repository.id, manifest_id: manifest.id };
    if (random.chance(0.3))
      for (const child of random.some(manifests, crowded ? 0.05 : 0.4))
        maker.add('manifestchild', { ...link, child_manifest_id: child.id });
    for (const blob of random.some(blobs, 0.07)) maker.add('manifestblob', { ...link, blob_id: blob.id });
    if (random.chance(0.4)) {
      const label = maker.add('label', {
        uuid: `label-${repository.id}-${number}`,
        key: 'key',
        value: 'value',
        media_type_id: 1,
        source_type_id: 1,
      });
      labels.push(label);
      maker.add('manifestlabel', { ...link, label_id: label.id });
      const shared = random.pick(labels);
      if (shared.id !== label.id && random.chance(0.3))
        maker.add('manifestlabel', { ...link, label_id: shared.id });
    }
    if (random.chance(0.5))
      maker.add('manifestsecuritystatus', {
        ...link,
        index_status: 2,
        error_json: '{}',
        last_indexed: timestamp(NOW_MS),
        indexer_hash: 'hash',
        indexer_version: 4,
        metadata_json: '{}',
      });
    if (random.chance(0.4))
      maker.add('manifestpullstatistics', {
        repository_id: repository.id,
        manifest_digest: digest,
        manifest_pull_count: 3,
        last_manifest_pull_date: timestamp(NOW_MS),
      });
    manifests.push(manifest);
  }
  return manifests;
}

function randomTags(
  { maker, random, repository, notifications, crowded }: ContentOptions,
  manifests: Row[],
): void {
  const taken = new Set<string>();
  const names = new Set<string>();
  const tags: Row[] = [];
  // Not every manifest has tags: some are pushed by digest, some are children only.
  const targets = random.some(manifests, 0.8);
  const count = random.below(crowded ? 150 : random.chance(0.15) ? 60 : 16);
  const livingShare = random.pick([0, 0.1, 0.4]);
  for (let number = 0; targets.length > 0 && number < count; number += 1) {
    const name = `tag${random.below(crowded ? 80 : 8)}`;
    const endMs = random.chance(livingShare) ? null : NOW_MS - random.pick(AGES) * 1000 - random.below(2);
    const key = `${name} ${endMs}`;
    if (taken.has(key)) continue;
    taken.add(key);
    names.add(name);
    const tag = maker.add('tag', {
      name,
      repository_id: repository.id,
      manifest_id: random.chance(0.97) ? random.pick(targets).id : null,
      lifetime_start_ms: NOW_MS - 10_000_000_000 - random.below(3),
      lifetime_end_ms: endMs,
      immutable: random.chance(0.15),
      hidden: random.chance(0.2),
      reversion: false,
      tag_kind_id: 1,
      linked_tag_id: tags.length > 0 && random.chance(0.05) ? random.pick(tags).id : null,
    });
    for (const notification of random.some(notifications, 0.3))
      maker.add('tagnotificationsuccess', {
        notification_id: notification.id,
        tag_id: tag.id,
        method_id: 1,
      });
    tags.push(tag);
  }
  for (const name of names)
    if (random.chance(0.5))
      maker.add('tagpullstatistics', {
        repository_id: repository.id,
        tag_name: name,
        tag_pull_count: 5,
        last_tag_pull_date: timestamp(NOW_MS),
        current_manifest_digest: null,
      });
}
